//! The pages of a document: what stands where, and what it is for those who cannot see it.
//!
//! Everything is placed first and painted at the end, when the number of pages is known. Positions are
//! in points from the upper left corner of an A4 page.

use krilla::{
    Document, SerializeSettings,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag,
        TagGroup, TagKind, TagTree,
    },
};

use super::{
    DocumentError,
    text::{Colour, Line, Style, wrap},
};

pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;

/// Millimetres in points.
pub(super) const fn mm(millimetres: f32) -> f32 {
    millimetres * 72.0 / 25.4
}

/// What a part of the document is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    Heading,
    Paragraph,
    Division,
    Table,
    TableHead,
    TableBody,
    Row,
    HeadCell,
    Cell,
}

/// Which end of a text stands at the given place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Something on a page.
enum Mark {
    /// With its number among the tagged runs, or none where it only decorates.
    Text { at: Point, line: Line, style: Style, run: Option<usize> },
    /// A filled rectangle: a rule or a band.
    Area { area: Rect, colour: Colour },
}

/// A part of the tree of tags.
enum Part {
    Group(Role, Vec<Part>),
    Run(usize),
}

/// The pages as they grow.
pub(super) struct Sheets {
    pages: Vec<Vec<Mark>>,
    /// The parts that are open, the outermost first; the first is the document.
    open: Vec<Vec<Part>>,
    runs: usize,
    decorating: bool,
    bottom: f32,
}

impl Sheets {
    /// The first page, on which text ends at `bottom` as it does on all of them.
    pub(super) fn new(bottom: f32) -> Self {
        let (pages, open) = (vec![Vec::new()], vec![Vec::new()]);
        Self { pages, open, runs: 0, decorating: false, bottom }
    }

    /// Where the text of a page ends, above the footer.
    pub(super) fn bottom(&self) -> f32 {
        self.bottom
    }

    /// Begins a page; what is placed now is placed there.
    pub(super) fn add_page(&mut self) {
        self.pages.push(Vec::new());
    }

    pub(super) fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Places a part of the document.
    pub(super) fn part<T>(&mut self, role: Role, place: impl FnOnce(&mut Self) -> T) -> T {
        if self.decorating {
            return place(self);
        }
        self.open.push(Vec::new());
        let placed = place(self);
        let children = self.open.pop().unwrap_or_default();
        if let (false, Some(parent)) = (children.is_empty(), self.open.last_mut()) {
            parent.push(Part::Group(role, children));
        }
        placed
    }

    /// Places what is only decoration or repetition, and is not read out.
    pub(super) fn decoration<T>(&mut self, place: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.decorating, true);
        let placed = place(self);
        self.decorating = before;
        placed
    }

    /// Places a line with its baseline at `y`.
    pub(super) fn line(&mut self, line: Line, style: &Style, x: f32, y: f32, align: Align) {
        let page = self.pages.len() - 1;
        self.line_on(page, line, style, x, y, align);
    }

    /// Places a line on a page that was begun before.
    pub(super) fn line_on(
        &mut self,
        page: usize,
        line: Line,
        style: &Style,
        x: f32,
        y: f32,
        align: Align,
    ) {
        if line.pieces.is_empty() {
            return;
        }
        let x = if align == Align::Right { x - line.width(style) } else { x };
        let run = self.next_run();
        self.pages[page].push(Mark::Text { at: Point::from_xy(x, y), line, style: *style, run });
    }

    /// Places a text on one line.
    pub(super) fn text(&mut self, text: &str, style: &Style, x: f32, y: f32, align: Align) {
        self.line(Line::new(text, style.weight), style, x, y, align);
    }

    /// Places a paragraph with its first baseline at `y`, and returns the baseline that would follow.
    pub(super) fn paragraph(
        &mut self,
        text: &str,
        style: &Style,
        x: f32,
        y: f32,
        width: f32,
    ) -> f32 {
        self.part(Role::Paragraph, |sheets| {
            let mut y = y;
            for line in wrap(text, style, width) {
                sheets.line(line, style, x, y, Align::Left);
                y += style.leading();
            }
            y
        })
    }

    /// Fills a rectangle.
    pub(super) fn area(&mut self, colour: Colour, x: f32, y: f32, width: f32, height: f32) {
        self.area_on(self.pages.len() - 1, colour, x, y, width, height);
    }

    /// Fills a rectangle on a page that was begun before.
    pub(super) fn area_on(
        &mut self,
        page: usize,
        colour: Colour,
        x: f32,
        y: f32,
        width: f32,
        height: f32,
    ) {
        if let Some(area) = Rect::from_xywh(x, y, width, height) {
            self.pages[page].push(Mark::Area { area, colour });
        }
    }

    /// Where each text ends: to the right, and its baseline.
    #[cfg(test)]
    pub(super) fn ends(&self) -> Vec<(f32, f32)> {
        let text = |mark: &Mark| match mark {
            Mark::Text { at, line, style, .. } => Some((at.x + line.width(style), at.y)),
            Mark::Area { .. } => None,
        };
        self.pages.iter().flatten().filter_map(text).collect()
    }

    fn next_run(&mut self) -> Option<usize> {
        if self.decorating {
            return None;
        }
        let run = self.runs;
        self.runs += 1;
        self.open.last_mut()?.push(Part::Run(run));
        Some(run)
    }

    /// The file: PDF/A-3a, which archives keep and which may carry an electronic invoice one day, and
    /// PDF/UA-1, which screen readers can read.
    ///
    /// # Errors
    /// [`DocumentError::Pdf`] where the file would not be what it says it is.
    pub(super) fn paint(self, title: &str, metadata: Metadata) -> Result<Vec<u8>, DocumentError> {
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A3_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|error| DocumentError::Pdf(format!("{error:?}")))?;
        let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        document.set_metadata(metadata);
        let mut outline = Outline::new();
        let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(title.to_owned(), top));
        document.set_outline(outline);

        let mut identifiers = vec![None; self.runs];
        for marks in &self.pages {
            let settings = PageSettings::from_wh(WIDTH, HEIGHT)
                .ok_or_else(|| DocumentError::Pdf("a page has no size".to_owned()))?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for mark in marks {
                mark.paint(&mut surface, &mut identifiers);
            }
            surface.finish();
            page.finish();
        }
        let mut tree = TagTree::new();
        for part in self.open.into_iter().flatten() {
            tree.children.extend(part.into_node(title, &identifiers));
        }
        document.set_tag_tree(tree);
        document.finish().map_err(|error| DocumentError::Pdf(format!("{error:?}")))
    }
}

impl Mark {
    fn paint(&self, surface: &mut Surface<'_>, identifiers: &mut [Option<Identifier>]) {
        let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
        match self {
            Self::Text { at, line, style, run } => {
                let identifier = surface.start_tagged(match run {
                    Some(_) => ContentTag::Span(SpanTag::empty()),
                    None => artifact(ArtifactType::PaginationOther),
                });
                if let Some(run) = run {
                    identifiers[*run] = Some(identifier);
                }
                surface.set_fill(Some(fill(style.colour)));
                let mut at = *at;
                for piece in &line.pieces {
                    let font = piece.typeface.font();
                    surface.draw_glyphs(at, &piece.glyphs, font, &line.text, style.size, false);
                    at.x += piece.width * style.size;
                }
            }
            Self::Area { area, colour } => {
                surface.start_tagged(artifact(ArtifactType::Layout));
                let mut path = PathBuilder::new();
                path.push_rect(*area);
                if let Some(path) = path.finish() {
                    surface.set_fill(Some(fill(*colour)));
                    surface.draw_path(&path);
                }
            }
        }
        surface.end_tagged();
    }
}

fn fill(colour: Colour) -> Fill {
    Fill { paint: colour.rgb().into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

impl Part {
    fn into_node(self, title: &str, identifiers: &[Option<Identifier>]) -> Option<Node> {
        match self {
            Self::Run(run) => identifiers[run].map(Node::Leaf),
            Self::Group(role, children) => {
                let children = children
                    .into_iter()
                    .filter_map(|child| child.into_node(title, identifiers))
                    .collect();
                Some(Node::Group(TagGroup::with_children(role.tag(title), children)))
            }
        }
    }
}

impl Role {
    fn tag(self, title: &str) -> TagKind {
        match self {
            Self::Heading => Tag::Hn(std::num::NonZeroU16::MIN, Some(title.to_owned())).into(),
            Self::Paragraph => Tag::P.into(),
            Self::Division => Tag::Div.into(),
            Self::Table => Tag::Table.into(),
            Self::TableHead => Tag::THead.into(),
            Self::TableBody => Tag::TBody.into(),
            Self::Row => Tag::TR.into(),
            Self::HeadCell => Tag::TH(TableHeaderScope::Column).into(),
            Self::Cell => Tag::TD.into(),
        }
    }
}
