"""The addresses of the API."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from .views import (
    assessments,
    audits,
    calendar,
    cases,
    directory,
    dispatches,
    figures,
    me,
    nowhere,
    people,
    person,
    reference,
    rehearsal,
    roster,
    steps,
    time,
    webhooks,
    work,
)

one_case = [
    path("", cases.CaseDetail.as_view()),
    path("steps/<str:step>/", steps.CaseStep.as_view()),
    path("events/", cases.CaseEvents.as_view()),
    path("comments/", cases.CaseComments.as_view()),
    path("audit-notes/", audits.AuditNotes.as_view()),
    path("analysis/", work.Analysis.as_view()),
    path("corrective-actions/", work.CorrectiveActions.as_view()),
    path("corrective-actions/<int:action>/", work.OneCorrectiveAction.as_view()),
    path("corrective-actions/<int:action>/complete/", work.CompleteAction.as_view()),
    path("corrective-actions/<int:action>/drop/", work.DropAction.as_view()),
    path("evidence/", work.EvidenceList.as_view()),
    path("evidence/<int:key>/file/", work.EvidenceFile.as_view()),
    path("evidence/<int:key>/withdraw/", work.WithdrawEvidence.as_view()),
]

one_webhook = [
    path("", webhooks.OneWebhook.as_view()),
    path("secret/", webhooks.WebhookSecret.as_view()),
    path("enable/", webhooks.EnableWebhook.as_view()),
    path("ping/", webhooks.PingWebhook.as_view()),
    path("deliveries/", webhooks.Deliveries.as_view()),
    path("deliveries/<int:delivery>/resend/", webhooks.ResendDelivery.as_view()),
]

one_person = [
    path("", directory.OnePerson.as_view()),
    path("hand-over/", people.HandOver.as_view()),
    path("offices/", person.Offices.as_view()),
    path("offices/<int:office>/end/", person.EndOffice.as_view()),
    path("deputies/", person.Deputies.as_view()),
    path("deputies/<int:delegation>/end/", person.EndDeputy.as_view()),
    path("invite/", person.Invite.as_view()),
    path("deactivate/", person.Deactivate.as_view()),
    path("pseudonymise/", person.Pseudonymise.as_view()),
]

urlpatterns = [
    path("units/", reference.UnitList.as_view()),
    path("units/<unit_code:code>/", reference.UnitDetail.as_view()),
    path("indicators/", reference.IndicatorList.as_view()),
    path("periods/", reference.PeriodList.as_view()),
    path("assessments/", assessments.Assessments.as_view()),
    path("assessments/import/", assessments.AssessmentImport.as_view()),
    path("assessments/<int:pk>/", assessments.AssessmentDetail.as_view()),
    path("cases/", cases.CaseList.as_view()),
    path("cases/export/", cases.CaseExport.as_view()),
    path("cases/steps/<str:step>/", steps.SeveralSteps.as_view()),
    path("cases/<case_number:number>/", include(one_case)),
    path("board/", figures.Board.as_view()),
    path("follow-through/", figures.FollowThrough.as_view()),
    path("notifications/", me.Notifications.as_view()),
    path("notifications/read/", me.ReadNotifications.as_view()),
    path("dispatches/", dispatches.Dispatches.as_view()),
    path("dispatches/export/", dispatches.DispatchExport.as_view()),
    path("dispatches/messages/<int:message>/settle/", dispatches.SettleMessage.as_view()),
    path("rehearsal/", rehearsal.Rehearsal.as_view()),
    path("calendar/", time.Calendar.as_view()),
    path("policies/", time.Policies.as_view()),
    path("people/", directory.People.as_view()),
    path("people/import/", roster.PeopleImport.as_view()),
    path("people/<int:person>/", include(one_person)),
    path("me/delegations/", people.MyDelegations.as_view()),
    path("me/delegations/<int:delegation>/end/", people.EndDelegation.as_view()),
    path("webhooks/", webhooks.Webhooks.as_view()),
    path("webhooks/<int:key>/", include(one_webhook)),
    path("me/calendar.ics", calendar.CalendarFeed.as_view()),
    path("me/calendar-key/", calendar.MyCalendarKey.as_view()),
    path("me/", me.Me.as_view()),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get", "head"]),
        name="api-docs",
    ),
    re_path("", nowhere.Nowhere.as_view()),
]
