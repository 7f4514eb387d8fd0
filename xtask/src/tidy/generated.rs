//! Files that a program makes.

use super::Finding;

/// Generated and vendored files that are committed, or would be with the next `git add`.
pub(super) fn check(paths: &[&str]) -> Vec<Finding> {
    paths
        .iter()
        .filter(|path| is_generated(path))
        .map(|path| {
            Finding::wrong(*path, "is generated; remove it from git and name it in .gitignore")
        })
        .collect()
}

fn is_generated(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_folder = |wanted: &str| folders.split('/').any(|folder| folder == wanted);
    let made = [".min.js", ".min.css", ".map", ".snap.new"].iter().any(|end| name.ends_with(end));
    made || ["node_modules", "dist", "target"].into_iter().any(in_folder)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tests::places;

    #[test]
    fn bundles_and_packages_are_found() {
        let paths = [
            "web/dist/app.js",
            "a/node_modules/b/c.js",
            "x.min.css",
            "src/dist.rs",
            "src/distance/a.rs",
        ];
        assert_eq!(places(&check(&paths)), paths[..3]);
    }
}
