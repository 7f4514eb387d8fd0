// A small shop that answers as several makers of such services do, by the reference implementation
// of GraphQL: what it does not understand, the standard does not.
import { readFileSync } from "node:fs";
import { buildSchema, graphql } from "graphql";
import { listen } from "./listening.mjs";

const schema = buildSchema(readFileSync(new URL("shop.graphql", import.meta.url), "utf8"));
// A service of this kind gives no more than so many at once, whatever is asked for.
const MOST = 100;

const states = ["Open", "Paid", "Shipped", "Cancelled"];
const customers = Array.from({ length: 30 }, (_, at) => ({
  __typename: "Customer",
  id: `c${at + 1}`,
  firstName: `Änne ${at + 1}`,
  lastName: `Größe${String(at % 7)}`,
  emailAddress: `c${at + 1}@shop.example`,
}));
const orders = Array.from({ length: 237 }, (_, at) => ({
  __typename: "Order",
  id: String(at + 1),
  code: `B-${10000 + at}`,
  state: states[at % 4],
  placedAt: new Date(Date.UTC(2026, 0, 1) + at * 3_600_000).toISOString(),
  total: 1000 + at,
  customer: customers[at % 30],
  shippingAddress: at % 5 ? { street: "Hafenstraße 12", city: `Stadt ${at % 3}`, country: { code: "DE", name: "Deutschland" } } : null,
  lines: [{ id: `l${at}`, sku: `sku-${at}`, quantity: (at % 3) + 1 }],
  customFields: { gift: at % 2 === 0 },
  stock: () => {
    if (at === 3) throw new Error("the warehouse does not answer");
    return at;
  },
}));
const reviews = Array.from({ length: 57 }, (_, at) => ({
  __typename: "Review",
  id: `r${at + 1}`,
  rating: (at % 5) + 1,
  text: `Text ${at}`,
  createdAt: new Date(Date.UTC(2026, 5, 1) + at * 86_400_000).toISOString(),
  order: orders[at],
}));
const tags = [{ id: 1, name: "100% Wolle", colour: "red" }, { id: 2, name: "Neu", colour: null }];
const media = [
  { __typename: "Book", title: "Kontor", pages: 200, price: 1999 },
  { __typename: "Game", title: null, players: 4, price: 2999 },
];

const operators = {
  eq: (own, value) => own === value,
  notEq: (own, value) => own !== value,
  contains: (own, value) => own.toLowerCase().includes(value.toLowerCase()),
  in: (own, values) => values.includes(own),
  lt: (own, value) => own < value,
  lte: (own, value) => own <= value,
  gt: (own, value) => own > value,
  gte: (own, value) => own >= value,
  before: (own, value) => new Date(own) < new Date(value),
  after: (own, value) => new Date(own) > new Date(value),
};

function holds(record, filter = {}) {
  return Object.entries(filter ?? {}).every(([name, tests]) =>
    Object.entries(tests).every(([test, value]) => operators[test](record[name], value)),
  );
}

function sorted(records, field, direction) {
  const sign = direction === "DESC" ? -1 : 1;
  return [...records].sort((a, b) => (a[field] < b[field] ? -sign : a[field] > b[field] ? sign : 0));
}

function listed(records, { skip = 0, take = 10, sort, filter } = {}) {
  let found = records.filter((record) => holds(record, filter));
  for (const [field, direction] of Object.entries(sort ?? {})) found = sorted(found, field, direction);
  return { items: found.slice(skip, skip + Math.min(take, MOST)), totalItems: found.length };
}

function connection(records, { first, after, last, before }) {
  const place = (cursor) => records.findIndex((record) => record.id === cursor);
  let begin = after ? place(after) + 1 : 0;
  let end = before ? place(before) : records.length;
  if (last != null) begin = Math.max(begin, end - Math.min(last, MOST));
  else end = Math.min(end, begin + Math.min(first ?? 10, MOST));
  const edges = records.slice(begin, end).map((node) => ({ node, cursor: node.id }));
  return {
    edges,
    totalCount: records.length,
    pageInfo: {
      hasNextPage: end < records.length,
      hasPreviousPage: begin > 0,
      startCursor: edges[0]?.cursor,
      endCursor: edges.at(-1)?.cursor,
    },
  };
}

const find = (records, id) => records.find((record) => record.id === id) ?? null;
const taken = (address, id) => customers.some((other) => other.emailAddress === address && other.id !== id);
const conflict = { __typename: "EmailAddressConflictError", errorCode: "CONFLICT", message: "somebody else has this address" };

const root = {
  orders: ({ options }) => listed(orders, options ?? {}),
  order: ({ id }) => find(orders, id),
  customers: ({ options }) => listed(customers, options ?? {}),
  customer: ({ id }) => find(customers, id),
  node: ({ id }) => find([...orders, ...customers, ...reviews], id),
  reviews: ({ filter, sortBy, ...place }) => {
    let found = reviews.filter((review) => filter?.rating == null || review.rating === filter.rating);
    if (filter?.search) found = found.filter((review) => review.text.includes(filter.search));
    if (filter?.created?.gte) found = found.filter((review) => new Date(review.createdAt) >= new Date(filter.created.gte));
    if (filter?.created?.lte) found = found.filter((review) => new Date(review.createdAt) <= new Date(filter.created.lte));
    const fields = { RATING: "rating", CREATED_AT: "createdAt" };
    if (sortBy) found = sorted(found, fields[sortBy.field], sortBy.direction);
    return connection(found, place);
  },
  lying: ({ first }) => {
    const part = connection(reviews, { first });
    return { ...part, pageInfo: { ...part.pageInfo, hasNextPage: true, endCursor: String(Math.random()) } };
  },
  tags: ({ where }) =>
    tags.filter((tag) => {
      if (where?.id?._eq != null && tag.id !== where.id._eq) return false;
      if (where?.id?._in && !where.id._in.includes(tag.id)) return false;
      const like = where?.name?._ilike;
      if (!like) return true;
      const plain = like.replace(/^%|%$/g, "").replace(/\\(.)/g, "$1").toLowerCase();
      return tag.name.toLowerCase().includes(plain);
    }),
  newest: ({ limit = 5 }) => reviews.concat(reviews).slice(0, limit),
  tags_by_pk: ({ id }) => find(tags, id),
  media: ({ limit = 10, offset = 0, kind }) =>
    media.filter((own) => !kind || own.__typename.toUpperCase() === kind).slice(offset, offset + limit),
  ordersOfCustomer: ({ customerId, take = 10, skip = 0 }) =>
    orders.filter((order) => order.customer.id === customerId).slice(skip, skip + take),

  createCustomer: ({ input }) => {
    if (taken(input.emailAddress)) return conflict;
    const made = { ...input, __typename: "Customer", id: `c${customers.length + 1}` };
    customers.push(made);
    return made;
  },
  updateCustomer: ({ input: { id, ...changes } }) => {
    if (taken(changes.emailAddress, id)) return conflict;
    if (changes.emailAddress && !changes.emailAddress.includes("@")) {
      return { __typename: "InvalidEmailError", errorCode: "INVALID", message: "is no address", field: "emailAddress" };
    }
    return Object.assign(find(customers, id), changes);
  },
  deleteCustomer: ({ id }) => {
    if (orders.some((order) => order.customer.id === id)) return { result: "NOT_DELETED", message: "has orders" };
    customers.splice(customers.indexOf(find(customers, id)), 1);
    return { result: "DELETED" };
  },
  reviewUpdate: ({ id, input }) => {
    if (input.rating > 5) return { review: null, errors: [{ field: "rating", message: "is at most 5", code: "INVALID" }] };
    return { review: Object.assign(find(reviews, id), input), errors: [] };
  },
  update_tags_by_pk: ({ pk_columns, _set }) => Object.assign(find(tags, pk_columns.id), _set),
};

listen(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const { query, variables } = JSON.parse(body);
  const result = await graphql({ schema, source: query, rootValue: root, variableValues: variables });
  response.writeHead(result.data === undefined ? 400 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(result));
});
