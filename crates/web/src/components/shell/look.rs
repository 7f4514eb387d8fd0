//! What the reader chooses of the look.

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All themes with the keys of their words.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::System, "theme-system"), (Self::Light, "theme-light"), (Self::Dark, "theme-dark")];

    /// The theme's code in forms and in `data-theme`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().map(|(theme, _)| theme).find(|theme| theme.code() == code)
    }
}

/// How close the lines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Density {
    /// As many lines as can be read.
    Compact,
    /// In between.
    #[default]
    Normal,
    /// With air.
    Roomy,
}

impl Density {
    /// All densities with the keys of their words.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Compact, "density-compact"),
        (Self::Normal, "density-normal"),
        (Self::Roomy, "density-roomy"),
    ];

    /// The density's code in forms and in `data-density`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Normal => "normal",
            Self::Roomy => "roomy",
        }
    }

    /// The density of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().map(|(density, _)| density).find(|density| density.code() == code)
    }
}
