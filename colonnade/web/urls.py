"""One address for each thing that people see."""

from __future__ import annotations

from django.urls import include, path, register_converter

from colonnade.primitives import ids
from colonnade.web.views import (
    account,
    brand,
    cases,
    columns,
    conversations,
    deliveries,
    demo,
    embed,
    feeds_out,
    files,
    follow,
    front,
    gallery,
    listed,
    listen,
    machine,
    notices,
    palette,
    people,
    people_import,
    phone,
    places,
    publish,
    same_person,
    search,
    sources,
    spaces,
    start,
    today,
    wall,
)
from colonnade.web.views.settings import (
    aims,
    members,
    oneself,
    organisation,
    server,
    signing_in,
    teams,
    telling,
)


class IdConverter:
    """An id of ours: what is too large for one leads nowhere."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        id_ = ids.parse(value)
        if id_ is None:
            raise ValueError(value)
        return id_

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(IdConverter, "id")

urlpatterns = [
    # the public face
    path("", front.home, name="home"),
    path("ask", front.ask, name="ask"),
    path("talk/<id:pk>", front.talk, name="talk"),
    path("talk/<id:pk>/say", front.say, name="talk_say"),
    path("talk/<id:pk>/mail", front.write_to_me, name="talk_mail"),
    path("back/<str:token>", front.back, name="back"),
    path("follow", follow.follow, name="follow"),
    path("follow/mail", follow.by_mail, name="follow_by_mail"),
    path("follow/mail/<str:token>", follow.confirm, name="follow_confirm"),
    path("follow/stop/<str:token>", follow.stop, name="follow_stop"),
    path("demo/", include(demo.urlpatterns)),
    # the first steps in a house of one's own
    path("start", start.start, name="start"),
    path("start/found/<str:word>", start.found, name="start_found"),
    path("start/found", start.take_found, name="start_take"),
    path("start/<slug:what>", start.step, name="start_step"),
    # sign-in
    path("account/", include(account.urlpatterns)),
    # the desk
    path("today", today.today, name="today"),
    path("today/cases/<id:pk>/<slug:what>", today.act_on_case, name="today_case"),
    path("today/watches/<id:pk>", today.act_on_watch, name="today_watch"),
    path("wall", wall.wall, name="wall"),
    path("inbox", cases.inbox, name="inbox"),
    path("inbox/colleagues", cases.colleagues, name="colleagues"),
    path("inbox/many/<slug:what>", cases.many, name="cases_many"),
    path("inbox/<id:pk>", cases.case, name="case"),
    path("inbox/<id:pk>/<slug:what>", cases.act, name="case_act"),
    path("columns", columns.columns, name="columns"),
    path("columns/add", columns.add, name="column_add"),
    path("columns/choose", columns.choose, name="column_choose"),
    path("columns/posts", columns.posts_of, name="column_posts"),
    path("columns/list", listed.list_of, name="column_list"),
    path("columns/<id:pk>/<slug:what>", columns.change, name="column_change"),
    path("listen", listen.listen, name="listen"),
    path("listen/new", listen.new, name="watch_new"),
    path("listen/add", listen.add, name="watch_add"),
    path("listen/preview", listen.preview, name="watch_preview"),
    path("listen/<id:pk>", listen.watch, name="watch"),
    path("listen/<id:pk>/edit", listen.edit, name="watch_edit"),
    path("listen/<id:pk>/mentions.csv", listen.mentions_csv, name="watch_csv"),
    path("listen/<id:pk>/<slug:what>", listen.act, name="watch_act"),
    path("deliveries", deliveries.deliveries, name="deliveries"),
    path("deliveries/<id:pk>", deliveries.delivery, name="delivery"),
    path("deliveries/<id:pk>/<slug:what>", deliveries.act, name="delivery_act"),
    # settings
    path("settings", oneself.profile, name="settings"),
    path("settings/appearance", oneself.how_it_looks, name="settings_appearance"),
    path("settings/sign-in", signing_in.sign_in, name="settings_sign_in"),
    path("settings/sign-in/password", signing_in.change_password, name="settings_password"),
    path("settings/sessions", signing_in.sessions, name="settings_sessions"),
    path("settings/sessions/end", signing_in.end_session, name="settings_session_end"),
    path("settings/notices", telling.telling, name="settings_notices"),
    path("settings/notices/spaces/<id:pk>", telling.space, name="settings_notices_space"),
    path("notices", notices.notices, name="notices"),
    path("notices/read", notices.read, name="notices_read"),
    path("notices/push/<slug:what>", notices.push, name="notices_push"),
    path("notices/<id:pk>", notices.open_notice, name="notice"),
    path("notices/conversations/<id:pk>", notices.level, name="notice_level"),
    path("settings/organisation", organisation.organisation, name="settings_organisation"),
    path("settings/aims", aims.aims_page, name="settings_aims"),
    path("settings/aims/<id:pk>/drop", aims.drop, name="settings_aim_drop"),
    path("settings/members", members.members, name="settings_members"),
    path("settings/members/invite", members.invite, name="settings_member_invite"),
    path("settings/members/<id:pk>/<slug:what>", members.change, name="settings_member"),
    path("settings/teams", teams.teams_page, name="settings_teams"),
    path("settings/skills", oneself.skills, name="settings_skills"),
    path("settings/accounts", server.accounts, name="settings_accounts"),
    path("settings/audit", server.audit_log, name="settings_audit"),
    path("publish", publish.publish, name="publish"),
    path("publish/new", publish.publish_new, name="publish_new"),
    path("publish/look", publish.look, name="publish_look"),
    path("publish/all/<slug:what>", publish.brake, name="publish_brake"),
    path("publish/accounts/<id:pk>/approval", publish.four_eyes, name="four_eyes"),
    path("publish/<id:pk>", publish.draft, name="draft"),
    path("publish/<id:pk>/<slug:what>", publish.act, name="draft_act"),
    # what was said, where, by whom
    path("conversations/<id:pk>", conversations.conversation, name="conversation"),
    path("conversations/<id:pk>/say", conversations.say, name="conversation_say"),
    path("conversations/<id:pk>/share", conversations.share, name="conversation_share"),
    path("conversations/<id:pk>/case", cases.open_case, name="conversation_case"),
    path("posts/<id:pk>", conversations.post, name="post"),
    path("places", places.places_page, name="places"),
    path("places/feeds", places.find_feeds, name="place_find_feeds"),
    path("places/feeds/<str:word>", places.found_feeds, name="place_found_feeds"),
    path("places/add", places.add_feed, name="place_add_feed"),
    path("places/pages", sources.watch_page, name="place_watch_page"),
    path("places/letters", sources.add_letterbox, name="place_add_letterbox"),
    path("places/opml", places.opml, name="place_opml"),
    path("places/opml/import", places.import_opml, name="place_import_opml"),
    path("places/<id:pk>", places.place, name="place"),
    path("places/<id:pk>/read", places.read_now, name="place_read_now"),
    path("people", people.people_page, name="people"),
    path("people/import", people_import.people_import, name="people_import"),
    path("people/<id:pk>", people.person, name="person"),
    path("people/<id:pk>/note", people.note, name="person_note"),
    path("people/identities/<id:pk>", same_person.identity, name="identity"),
    path("people/identities/<id:pk>/same", same_person.same, name="identity_same"),
    path("people/identities/<id:pk>/apart", same_person.reverse_claim, name="identity_apart"),
    path("search", search.search, name="search"),
    path("palette", palette.palette, name="palette"),
    path("files/<str:token>", files.file, name="file"),
    path("attachments/<id:pk>", files.attachment, name="attachment"),
    path("spaces", spaces.spaces, name="spaces"),
    path("spaces/new", spaces.new, name="space_new"),
    path("spaces/<slug:slug>", spaces.space, name="space"),
    path("spaces/<slug:slug>/start", spaces.start, name="space_start"),
    path("spaces/<slug:slug>/members", spaces.members, name="space_members"),
    path("spaces/<slug:slug>/members/<id:pk>/<slug:what>", spaces.member, name="space_member"),
    path("spaces/<slug:slug>/invite", spaces.invite, name="space_invite"),
    path("spaces/<slug:slug>/settings", spaces.settings, name="space_settings"),
    path("spaces/<slug:slug>/audience", spaces.audience, name="space_audience"),
    path("spaces/<slug:slug>/do/<slug:what>", spaces.act, name="space_act"),
    # for programs, beside the API
    path("spaces/<slug:slug>/feed.atom", feeds_out.atom, name="feed_out"),
    path("conversations/<id:pk>/feed.atom", feeds_out.of_conversation, name="feed_conversation"),
    path("feed.atom", feeds_out.everything, name="feed_all"),
    path("embed.js", embed.loader, name="embed_loader"),
    path("embed/<str:key>", embed.box, name="embed"),
    path("embed/<str:key>/<str:token>", embed.talk, name="embed_talk"),
    path("gallery", gallery.gallery, name="gallery"),
    path("robots.txt", machine.robots, name="robots"),
    path("logo/<str:version>", brand.logo, name="logo"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("sw.js", phone.service_worker, name="service_worker"),
    path("offline", phone.offline, name="offline"),
    path("live/token", machine.live_token, name="live_token"),
    path("assets/<str:version>/<str:name>", machine.asset, name="asset"),
]
