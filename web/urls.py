"""The addresses people see."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from web.views import (
    assessments,
    calendar,
    case,
    cases,
    dispatches,
    evidence,
    health,
    home,
    intake,
    me,
    my_calendar,
    notifications,
    people,
    person,
    policies,
    ratings,
    rehearsal,
    reorganisations,
    steps,
    unsubscribe,
    webhooks,
    work,
)

# One door to sign in, with its limit of attempts.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

one_case = [
    path("", case.show, name="case"),
    path("steps/<str:step>/", steps.take, name="case-step"),
    path("comments/", work.comment, name="case-comment"),
    path("analysis/", work.record_analysis, name="case-analysis"),
    path("corrective-actions/", work.plan_action, name="case-actions"),
    path("corrective-actions/<int:action>/", work.change_action, name="case-action"),
    path("corrective-actions/<int:action>/complete/", work.complete_action, name="action-complete"),
    path("corrective-actions/<int:action>/drop/", work.drop_action, name="action-drop"),
    path("evidence/", evidence.add, name="case-evidence"),
    path("evidence/<int:key>/file/", evidence.download, name="evidence-file"),
    path("evidence/<int:key>/withdraw/", evidence.withdraw, name="evidence-withdraw"),
]

one_person = [
    path("", people.show, name="person"),
    path("offices/", person.appoint, name="person-offices"),
    path("offices/<int:office>/end/", person.end_office, name="office-end"),
    path("deputies/", person.delegate, name="person-deputies"),
    path("deputies/<int:delegation>/end/", person.end_delegation, name="deputy-end"),
    path("units/<unit_code:code>/hand-over/", person.hand_over, name="person-hand-over"),
    path("deactivate/", person.deactivate, name="person-deactivate"),
    path("pseudonymise/", person.pseudonymise, name="person-pseudonymise"),
]

for_the_administrator = [
    path("calendar/", calendar.show, name="calendar"),
    path("calendar/preview/", calendar.preview, name="calendar-preview"),
    path("calendar/change/", calendar.change, name="calendar-change"),
    path("rehearsal/", rehearsal.show, name="rehearsal"),
    path("policies/", policies.show, name="policies"),
    path("policies/preview/", policies.preview, name="policy-preview"),
    path("policies/change/", policies.change, name="policy-change"),
]

urlpatterns = [
    *for_the_administrator,
    path("people/", people.index, name="people"),
    path("people/add/", people.add, name="person-add"),
    path("people/<int:person>/", include(one_person)),
    path("", home.show, name="home"),
    path("cases/", cases.index, name="cases"),
    path("cases/export/", cases.export, name="cases-export"),
    path("cases/<case_number:number>/", include(one_case)),
    path("assessments/", assessments.index, name="assessments"),
    path("assessments/form/", assessments.form, name="assessment-form"),
    path("assessments/edit/", ratings.edit, name="assessment-edit"),
    path("assessments/upload/", intake.upload, name="assessment-upload"),
    path("assessments/preview/", intake.preview, name="assessment-preview"),
    path("assessments/confirm/", intake.confirm, name="assessment-confirm"),
    path("assessments/<int:assessment>/", assessments.show, name="assessment"),
    path("assessments/<int:assessment>/workbook/", assessments.workbook, name="assessment-workbook"),
    path("reorganisations/", reorganisations.index, name="reorganisations"),
    path("reorganisations/plan/", reorganisations.template, name="reorganisation-plan"),
    path("reorganisations/upload/", reorganisations.upload, name="reorganisation-upload"),
    path("reorganisations/preview/", reorganisations.preview, name="reorganisation-preview"),
    path("reorganisations/confirm/", reorganisations.confirm, name="reorganisation-confirm"),
    path("notifications/", notifications.index, name="notifications"),
    path("notifications/read/", notifications.read, name="notifications-read"),
    path("dispatches/", dispatches.index, name="dispatches"),
    path("dispatches/export/", dispatches.export, name="dispatches-export"),
    path("dispatches/settle/", dispatches.settle_chosen, name="messages-settle"),
    path("dispatches/messages/<int:message>/settle/", dispatches.settle, name="message-settle"),
    path("unsubscribe/<str:token>/", unsubscribe.show, name="unsubscribe"),
    path("webhooks/", webhooks.index, name="webhooks"),
    path("webhooks/add/", webhooks.add, name="webhook-add"),
    path("webhooks/<int:webhook>/", webhooks.show, name="webhook"),
    path("webhooks/<int:webhook>/secret/", webhooks.new_secret, name="webhook-secret"),
    path("webhooks/<int:webhook>/enable/", webhooks.enable, name="webhook-enable"),
    path("webhooks/<int:webhook>/ping/", webhooks.ping, name="webhook-ping"),
    path("webhooks/<int:webhook>/deliveries/<int:delivery>/resend/", webhooks.resend, name="webhook-resend"),
    path("webhooks/<int:webhook>/end/", webhooks.end, name="webhook-end"),
    path("me/", me.show, name="me"),
    path("me/preferences/", me.prefer, name="my-preferences"),
    path("me/deputies/", me.delegate, name="my-deputies"),
    path("me/deputies/<int:delegation>/end/", me.end_delegation, name="my-deputy-end"),
    path("me/calendar/", my_calendar.open_calendar, name="my-calendar"),
    path("me/calendar/end/", my_calendar.close_calendar, name="my-calendar-end"),
    path("me/language/", me.language, name="language"),
    # The address a person signs in with is given by the administrator, not changed here.
    path("accounts/email/", me.show),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
