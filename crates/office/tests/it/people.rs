//! People and their one-time links.

use kontor_office::{OfficeError, Operator, PeopleError};

use crate::office::Bureau;

#[tokio::test]
async fn who_was_disabled_does_not_come_back_with_a_link_from_before() {
    let bureau = Bureau::over(&[]).await;
    let (office, actor) = (&bureau.office, &bureau.actor);
    let (user, link) =
        office.invite(actor, "Grace", "grace@example.org", false, &[]).await.unwrap();
    office.open_link(&link).await.unwrap();
    let mut account = office.account(actor, &user.id).await.unwrap();
    account.user.disabled = true;
    office.set_rights(actor, &account).await.unwrap();

    let spent = office.open_link(&link).await.unwrap_err();
    assert!(matches!(spent, OfficeError::People(PeopleError::LinkSpent)), "{spent:?}");
    let operator = Operator::of(office.clone());
    for refused in [
        office.reset_link(actor, &user.id).await.map(drop),
        operator.reset_link("grace@example.org").await.map(drop),
    ] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OfficeError::People(PeopleError::Disabled)), "{refused:?}");
    }
}
