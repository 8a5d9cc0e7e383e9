"""The addresses of the room; :mod:`langnghe.links` names those that messages carry."""

from __future__ import annotations

from django.urls import path

from web.views import (
    account,
    adding,
    administration,
    alerts,
    answering,
    board,
    claims,
    digest_choice,
    digest_draft,
    documents,
    health,
    mails,
    models,
    rules,
)
from web.views import sources as source_views
from web.views import stories as story_views
from web.views import trends as trend_views

_CLAIM = "kiem-chung/<str:document_id>/<str:check_id>/"

urlpatterns = [
    path("", board.room_page, name="room"),
    path("man-hinh/", board.wall, name="wall"),
    path("ngay-mau/", board.sample, name="sample-day"),
    path("bang/", board.board, name="board"),
    path("dang-nhap/", account.SignIn.as_view(), name="login"),
    path("dang-xuat/", account.sign_out, name="logout"),
    path("bat-dau/<str:token>/", account.one_time_link, name="one-time-link"),
    path("mat-khau/", account.password, name="password"),
    path("xac-thuc/", account.second_factor, name="second-factor"),
    path("xac-thuc/thiet-lap/", account.second_factor_setup, name="second-factor-setup"),
    path("tin/", documents.listing, name="documents"),
    path("tin/xuat/", documents.export, name="documents-export"),
    path("tin/them/", adding.add_document, name="document-add"),
    path("tin/<str:document_id>/", documents.document, name="document"),
    path("tin/<str:document_id>/nhan/", documents.correct, name="document-label"),
    path("vu-viec/", story_views.listing, name="stories"),
    path("vu-viec/<str:story_id>/", story_views.story, name="story"),
    path("vu-viec/<str:story_id>/gop/", story_views.merge, name="story-merge"),
    path("vu-viec/<str:story_id>/tach/", story_views.split, name="story-split"),
    path("vu-viec/<str:story_id>/doi-ten/", story_views.rename, name="story-rename"),
    path("vu-viec/<str:story_id>/ghim/", story_views.pin, name="story-pin"),
    path("xu-huong/", trend_views.trends, name="trends"),
    path("canh-bao/", alerts.listing, name="alerts"),
    path("canh-bao/<str:alert_id>/", alerts.alert, name="alert"),
    path("canh-bao/<str:alert_id>/tiep-nhan/", alerts.acknowledge, name="alert-acknowledge"),
    path("canh-bao/<str:alert_id>/giao/", alerts.assign, name="alert-assign"),
    path("canh-bao/<str:alert_id>/dong/", alerts.resolve, name="alert-resolve"),
    path("canh-bao/<str:alert_id>/tam-ngung/", alerts.silence, name="alert-silence"),
    path("tiep-nhan/<str:token>/", alerts.acknowledge_by_link, name="acknowledge"),
    path("kiem-chung/", claims.listing, name="claims"),
    path("kiem-chung/dinh-chinh/", claims.fact_checks, name="fact-checks"),
    path("kiem-chung/dinh-chinh/ghi/", claims.enter, name="fact-check-enter"),
    path(
        "kiem-chung/dinh-chinh/<str:check_id>/duyet/",
        claims.approve_fact_check,
        name="fact-check-approve",
    ),
    path(f"{_CLAIM}xac-nhan/", claims.confirm, name="claim-confirm"),
    path(f"{_CLAIM}phe-duyet/", claims.approve, name="claim-approve"),
    path(f"{_CLAIM}bac/", claims.reject, name="claim-reject"),
    path("nguon/", source_views.listing, name="sources"),
    path("nguon/them/", adding.find_source, name="source-find"),
    path("nguon/them/<str:search_id>/", adding.found_sources, name="source-found"),
    path("nguon/them/<str:search_id>/chon/", adding.add_source, name="source-add"),
    path("nguon/<str:source_id>/", source_views.source, name="source"),
    path("nguon/<str:source_id>/bat-tat/", source_views.switch, name="source-switch"),
    path("thu/", mails.listing, name="mails"),
    path("thu/<str:mail_id>/", mails.mail, name="mail"),
    path("thu/<str:mail_id>/noi-dung/", mails.body, name="mail-body"),
    path("thu/<str:mail_id>/gui-lai/", mails.resend, name="mail-resend"),
    path("gop-y/", answering.feedback_list, name="feedback"),
    path("gop-y/<str:matter_id>/giao/", answering.feedback_assign, name="feedback-assign"),
    path("gop-y/<str:matter_id>/tra-loi/", answering.feedback_answer, name="feedback-answer"),
    path("gop-y/<str:matter_id>/dong/", answering.feedback_close, name="feedback-close"),
    path("han-phan-hoi/", answering.clock_list, name="clocks"),
    path("han-phan-hoi/bat-dau/", answering.clock_start, name="clock-start"),
    path("han-phan-hoi/bao-chi/", answering.press_add, name="press-add"),
    path("han-phan-hoi/<int:number>/dung/", answering.clock_stop, name="clock-stop"),
    path("quy-tac/", rules.listing, name="rules"),
    path("quy-tac/moi/", rules.new, name="rule-new"),
    path("quy-tac/<str:rule_id>/", rules.rule, name="rule"),
    path("quy-tac/<str:rule_id>/bat-tat/", rules.switch, name="rule-switch"),
    path("diem-tin/nhap/", digest_draft.draft, name="digest-draft"),
    path("diem-tin/", mails.digests, name="digests"),
    path("diem-tin/chon/", digest_choice.mine, name="digest-choice"),
    path("nguoi-dung/<str:username>/diem-tin/", digest_choice.of_user, name="user-digests"),
    path("nguoi-dung/", administration.people, name="users"),
    path("nguoi-dung/<str:username>/", administration.person, name="user-change"),
    path("nguoi-dung/<str:username>/lien-ket/", administration.invite, name="user-invite"),
    path("nguoi-dung/<str:username>/khoa/", administration.switch, name="user-switch"),
    path("mo-hinh/", models.models, name="models"),
    path("so-cai/", administration.log, name="audit"),
    path("giu-rieng/", administration.set_aside, name="quarantine"),
    path("giu-rieng/<int:number>/", administration.decide, name="quarantine-decide"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
]

handler400 = "web.views.errors.bad_request"
handler403 = "web.views.errors.forbidden"
handler404 = "web.views.errors.not_found"
handler500 = "web.views.errors.broken"
