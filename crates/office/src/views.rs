//! Saved views: a list that somebody, a team or everybody with a role comes back to.

use kontor_model::filter::Filter;
use kontor_model::{Count, ResourceName};
use kontor_store::Json;
use kontor_store::grants::Role;
use kontor_store::views::{self, Owner, View};
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Edit, Manage, Permit, Read};
use crate::error::OfficeError;
use crate::people::{PeopleError, named};
use crate::records::FarRefusal;
use crate::records::ListRequest;
use crate::{Office, random};

/// What a view keeps of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewDefinition {
    /// The filter's text.
    #[serde(default)]
    pub filter: String,
    /// Words of the search box.
    #[serde(default)]
    pub search: String,
    /// The order, as in addresses (`-placed_at,number`).
    #[serde(default)]
    pub sort: String,
    /// Names of the columns in order; the resource's own when empty.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Whether it stands there without a counter.
    #[serde(default)]
    pub hides_count: bool,
    /// Whether the list opens with it.
    #[serde(default)]
    pub opens_first: bool,
}

impl ViewDefinition {
    /// The request that lists the view.
    ///
    /// # Errors
    /// [`OfficeError::FilterText`].
    pub fn request(&self) -> Result<ListRequest, OfficeError> {
        Ok(ListRequest {
            filter: Some(Filter::parse(&self.filter)?),
            search: Some(self.search.clone()).filter(|words| !words.is_empty()),
            sort: parse_sort(&self.sort),
            columns: Some(self.columns.clone()).filter(|names| !names.is_empty()),
            ..ListRequest::default()
        })
    }
}

/// `-placed_at,number` as names with whether they descend.
#[must_use]
pub fn parse_sort(text: &str) -> Vec<(String, bool)> {
    text.split(',')
        .map(str::trim)
        .filter(|step| !step.is_empty())
        .map(|step| {
            step.strip_prefix('-')
                .map_or_else(|| (step.to_owned(), false), |name| (name.to_owned(), true))
        })
        .collect()
}

/// A view that shall be saved.
#[derive(Debug, Clone)]
pub struct NewView {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: Owner,
    /// What it keeps.
    pub definition: ViewDefinition,
}

/// The most views of somebody's own and of their teams'.
const MOST_VIEWS: usize = 500;
/// The longest filter, search and order that a view keeps, in bytes.
const LONGEST_TEXT: usize = 16 * 1024;
/// The most columns that a view names.
const MOST_COLUMNS: usize = 500;

/// What a view keeps has an end.
fn bounded(definition: &ViewDefinition) -> Result<(), OfficeError> {
    let ViewDefinition { filter, search, sort, columns, .. } = definition;
    let texts = [("filter", filter), ("search", search), ("sort", sort)];
    let too_long = texts.into_iter().find(|(_, text)| text.len() > LONGEST_TEXT);
    if let Some((what, _)) = too_long {
        let problem = format!("a view keeps at most {LONGEST_TEXT} bytes of it");
        return Err(OfficeError::Parameter { what, problem });
    }
    if columns.len() > MOST_COLUMNS {
        let problem = format!("a view has at most {MOST_COLUMNS} columns");
        return Err(OfficeError::Parameter { what: "columns", problem });
    }
    Ok(())
}

impl Office {
    /// The views of a resource that somebody finds: their own, their teams', their role's.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn views(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
    ) -> Result<Vec<View>, OfficeError> {
        let Some(role) = permit.actor.role(&permit.backend.name) else { return Ok(Vec::new()) };
        Ok(views::of_resource(
            &mut self.store.read(),
            &permit.actor.user.id,
            role,
            permit.backend.name.as_str(),
            name.as_str(),
        )
        .await?)
    }

    /// The view that a list opens with: the actor's own choice, else their teams', else everybody's.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn first_view(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
    ) -> Result<Option<(View, ViewDefinition)>, OfficeError> {
        let views = self.views(permit, name).await?.into_iter();
        let opening = views.filter_map(|view| {
            let definition: ViewDefinition = view.definition.read().ok()?;
            definition.opens_first.then_some((view, definition))
        });
        Ok(opening.min_by_key(|(view, _)| match view.owner {
            Owner::User(_) => 0,
            Owner::Team(_) => 1,
            Owner::Role(_) => 2,
        }))
    }

    /// All views of the actor and of their teams, for the start page.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn own_views(&self, actor: &Actor) -> Result<Vec<View>, OfficeError> {
        Ok(views::of_user(&mut self.store.read(), &actor.user.id).await?)
    }

    /// A view, if the actor may see it: that of a role is for the role and for those above it.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`].
    pub async fn view(&self, permit: &Permit<Read>, id: &str) -> Result<View, OfficeError> {
        let unknown = || OfficeError::Unknown { what: "view", name: id.to_owned() };
        let view = views::get(&mut self.store.read(), id).await?.ok_or_else(unknown)?;
        let is_theirs = match &view.owner {
            Owner::User(user) => *user == permit.actor.user.id,
            Owner::Team(team) => permit.actor.teams.contains(team),
            Owner::Role(Role::Reader) => true,
            Owner::Role(Role::Editor) => permit.has::<Edit>(),
            Owner::Role(Role::Administrator) => permit.has::<Manage>(),
        };
        if is_theirs && view.backend == permit.backend.name.as_str() {
            Ok(view)
        } else {
            Err(unknown())
        }
    }

    /// Saves a view. Views of a role are for who manages the backend.
    ///
    /// # Errors
    /// [`OfficeError::Denied`]; filters that do not fit.
    pub async fn save_view(
        &self,
        permit: &Permit<Read>,
        resource: &ResourceName,
        new: NewView,
    ) -> Result<View, OfficeError> {
        let name = named(&new.name).map_err(PeopleError::Name)?;
        self.may_own(permit, &new.owner)?;
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, resource)?;
        match self.planned(permit, &catalog, face, &new.definition.request()?).await {
            // What another backend says at the moment does not make the view wrong.
            Err(OfficeError::FarFilter {
                refusal: FarRefusal::Trouble(_) | FarRefusal::TooMany { .. },
                ..
            }) => {}
            planned => drop(planned?),
        }
        bounded(&new.definition)?;
        let own = views::of_user(&mut self.store.read(), &permit.actor.user.id).await?;
        if own.len() >= MOST_VIEWS && !matches!(new.owner, Owner::Role(_)) {
            let problem = format!("there are {MOST_VIEWS} already; remove one that is not used");
            return Err(OfficeError::Parameter { what: "view", problem });
        }
        let now = self.clock.micros();
        let view = View {
            id: random::id(now),
            owner: new.owner,
            backend: permit.backend.name.to_string(),
            resource: resource.to_string(),
            name,
            definition: Json::write(&new.definition)?,
            position: now,
            created: now,
            updated: now,
        };
        self.store.transaction(async |mut tx| views::add(&mut tx, &view).await).await?;
        Ok(view)
    }

    /// Removes a view that the actor may change.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`]; [`OfficeError::Denied`].
    pub async fn remove_view(&self, permit: &Permit<Read>, id: &str) -> Result<(), OfficeError> {
        let view = self.view(permit, id).await?;
        self.may_own(permit, &view.owner)?;
        self.store.transaction(async |mut tx| views::remove(&mut tx, &view.id).await).await?;
        Ok(())
    }

    fn may_own(&self, permit: &Permit<Read>, owner: &Owner) -> Result<(), OfficeError> {
        let denied = || {
            OfficeError::Denied(crate::Needed::Role {
                backend: permit.backend.name.to_string(),
                role: Role::Administrator,
            })
        };
        match owner {
            Owner::User(user) if *user == permit.actor.user.id => Ok(()),
            Owner::Team(team) if permit.actor.teams.contains(team) => Ok(()),
            Owner::Role(_) if permit.has::<Manage>() => Ok(()),
            _ => Err(denied()),
        }
    }

    /// How many records a view has.
    ///
    /// # Errors
    /// As [`Office::count`].
    pub async fn view_count(
        &self,
        permit: &Permit<Read>,
        view: &View,
    ) -> Result<Count, OfficeError> {
        let definition: ViewDefinition = view.definition.read()?;
        self.count(permit, &ResourceName::new(&view.resource), &definition.request()?).await
    }
}
