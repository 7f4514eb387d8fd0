//! What files can be: as Windows writes them, as Excel does, and those that cannot be read.

use kontor_office::{FileKind, FileProblem, ImportProblem, OfficeError};
use kontor_testkit::SqliteFile;

use super::{Desk, check, counts, refusals};
use crate::office::Bureau;

async fn desk() -> (Desk, SqliteFile) {
    let file = SqliteFile::fresh();
    let tables = "CREATE TABLE place (code text PRIMARY KEY, name text NOT NULL, area numeric, opened date, open boolean, note text);
        INSERT INTO place VALUES ('K', 'Köln', 405.02, '2026-05-31', 1, NULL), ('D', 'Düren', 85, NULL, 0, '=1+1');";
    sqlx::raw_sql(tables).execute(&mut file.connect().await).await.unwrap();
    (Desk::of(Bureau::over(&[("shop", &file.url())]).await, "place"), file)
}

#[tokio::test]
async fn a_file_of_windows_is_told_and_read_rightly() {
    let (desk, _file) = desk().await;
    let bytes = of_windows("code;name\r\nK;Köln\r\nD;Düren – „Rur“\r\n");
    let import = desk.send(bytes).await.unwrap();
    assert_eq!(import.kind, FileKind::Delimited { separator: ';', encoding: "windows-1252" });
    let found = check(&import);
    assert_eq!(counts(&found), (0, 1, 1, 0));
    assert_eq!(found.first_changed[0].changes[0].2.to_text().as_deref(), Some("Düren – „Rur“"));
}

/// A text in the characters of Windows.
fn of_windows(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '–' => 0x96,
        '„' => 0x84,
        '“' => 0x93,
        c => u8::try_from(u32::from(c)).expect("it is in Latin 1"),
    };
    text.chars().map(byte).collect()
}

#[tokio::test]
async fn an_empty_cell_leaves_alone_what_cannot_be_empty_and_empties_what_can() {
    let (desk, _file) = desk().await;
    let import = desk.send("code;name;note;area\nD;;;86,5\nK;;;405,02\n").await.unwrap();
    let found = check(&import);
    assert_eq!(counts(&found), (0, 1, 1, 0), "{:?}", refusals(&found));
    let changed: Vec<_> =
        found.first_changed[0].changes.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(changed, ["note", "area"]);
    let import = desk.send("{\"code\": \"D\", \"name\": null}\n").await.unwrap();
    assert_eq!(refusals(&check(&import)), [(1, "name: Required".to_owned())]);
}

#[tokio::test]
async fn a_workbook_keeps_numbers_days_and_truth_values() {
    let (desk, _file) = desk().await;
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, head) in (0_u16..).zip(["Code", "Name", "Area", "Opened", "Open", "Note"]) {
        sheet.write_string(0, column, head).unwrap();
    }
    let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    for (row, code, name, area, open) in [
        (1, "K", "Köln", 405.02, true),
        (2, "D", "Düren", 86.5, false),
        (3, "B", "Bonn", 141.1, true),
    ] {
        sheet.write_string(row, 0, code).unwrap();
        sheet.write_string(row, 1, name).unwrap();
        sheet.write_number(row, 2, area).unwrap();
        sheet.write_number_with_format(row, 3, 46_173.0, &day).unwrap();
        sheet.write_boolean(row, 4, open).unwrap();
    }
    sheet.write_string(2, 5, "=1+1").unwrap();
    let import = desk.send(workbook.save_to_buffer().unwrap()).await.unwrap();
    let found = check(&import);
    assert_eq!(counts(&found), (1, 1, 1, 0), "{:?}", refusals(&found));
    let changed: Vec<_> =
        found.first_changed[0].changes.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(changed, ["area", "opened"]);
    let applied = desk.apply(&import.id).await;
    assert_eq!(applied.written, 2, "{applied:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_before_anything_is_looked_at() {
    let (desk, _file) = desk().await;
    let large = vec![b'x'; 10 * 1024 * 1024 + 1];
    for (file, wanted) in [
        (b"".to_vec(), FileProblem::Empty),
        (b"code,name\n".to_vec(), FileProblem::Empty),
        (b"code,name\nK,\"K\xc3\xb6ln\n".to_vec(), FileProblem::Quotes { row: 2, column: 2 }),
        (b"{\"code\": \"K\"}\n[1]\n".to_vec(), FileProblem::NoObject { row: 2, column: 0 }),
        (b"\xd0\xcf\x11\xe0\xa1".to_vec(), FileProblem::OldWorkbook),
        (large, FileProblem::TooLarge { most: 10 * 1024 * 1024 }),
    ] {
        match desk.send(file).await {
            Err(OfficeError::Import(ImportProblem::File(told))) => assert_eq!(told, wanted),
            other => panic!("{wanted:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn refused_rows_come_back_as_a_file_with_their_reasons() {
    let (desk, _file) = desk().await;
    let import = desk.send("code;name;area\nK;Köln;viel\nD;Düren;85\nX;;1\n").await.unwrap();
    let permit = desk.bureau.editing("shop");
    let told =
        |problem: &kontor_office::RowProblem| format!("{problem:?}").chars().take(5).collect();
    let csv = desk
        .bureau
        .office
        .import_refused(&permit, &desk.resource, &import.id, "Grund", told)
        .unwrap();
    let text = String::from_utf8(csv).unwrap();
    assert_eq!(text, "\u{feff}code,name,area,Grund\r\nK,Köln,viel,Field\r\nX,,1,Field\r\n");
    // Mended, it can be imported as it is: what it tells beside is left out.
    let mended = text.replace("viel", "405.5").replace("X,,", "X,Xanten,");
    let again = desk.send(mended).await.unwrap();
    assert_eq!(counts(&check(&again)), (1, 1, 0, 0), "{:?}", refusals(&check(&again)));
}
