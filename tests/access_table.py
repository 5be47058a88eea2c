"""The access table: what every route answers to every kind of visitor. A route without a line here fails the tests.

A verdict answers GET (HEAD is the same), POST (of an empty form), PUT and DELETE: a status, or the name of the page one
is sent to ("away" is quick exit's). Three words: DELETE is as PUT. One word: all the same. (Django's form views, which
allauth uses, take PUT for POST.) Anonymous and unverified visitors are `out`; Erin, Dana and
staff are members who write alone; Alice, Bob and Charlie sit in couples (`two`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    out: str
    alone: str
    two: str

    def answer(self, group: str, method: str) -> str:
        """The expected answer of one group to one method."""
        answers = getattr(self, group).split()
        if len(answers) == 1:
            answers *= 3
        get, post, put, delete = answers if len(answers) == 4 else [*answers, answers[-1]]
        return str({"GET": get, "HEAD": get, "POST": post, "PUT": put, "DELETE": delete}[method])


def everyone(answers: str) -> Verdict:
    """Open to all, and the same for all."""
    return Verdict(answers, answers, answers)


def members(answers: str, *, two: str = "") -> Verdict:
    """Closed: whoever isn't signed in is sent to sign in, whatever they ask."""
    return Verdict("account_login", answers, two or answers)


def visitors(out: str, *, members: str) -> Verdict:
    """For those who are not signed in; members have no business there."""
    return Verdict(out, members, members)


TABLE = {
    "account_change_password": members("200 200 200 405"),
    "account_complete_password_reset": everyone("account_reset_password"),
    "account_confirm_login_code": visitors(
        "account_request_login_code",
        members="today:today",
    ),
    "account_confirm_password_reset_code": everyone("account_login"),
    "account_email": members("200 account_email account_email 405"),
    "account_email_verification_sent": members("account_email"),
    "account_inactive": everyone("200 405 405"),
    "account_login": visitors("200 200 200 405", members="today:today"),
    "account_logout": visitors("accounts:landing accounts:landing 405", members="200 accounts:landing 405"),
    "account_password_reset_completed": everyone("200 405 405"),
    "account_reauthenticate": members("200 200 200 405"),
    "account_request_login_code": visitors("200 200 200 405", members="today:today"),
    "account_reset_password": everyone("200 200 200 405"),
    "account_set_password": members("account_change_password"),
    "account_signup": visitors("200 200 200 405", members="today:today"),
    "accounts:about": everyone("200 405 405"),
    "accounts:accessibility": everyone("200 405 405"),
    "accounts:delete": members("account_reauthenticate account_reauthenticate 405"),
    "accounts:help": everyone("200 405 405"),
    "accounts:landing": visitors("200 405 405", members="today:today 405 405"),
    "accounts:log": members("200 405 405"),
    "accounts:more": members("200 405 405"),
    "accounts:out": everyone("away 405 405"),
    "accounts:privacy": everyone("200 405 405"),
    "accounts:safety": everyone("200 405 405"),
    "accounts:security": members("200 405 405"),
    "accounts:settings": members("200 422 405"),
    "agendas:action_take_back": members("404 404 405"),
    "agendas:addition_take_back": members("404 404 405"),
    "agendas:bring": members("agendas:talk agendas:talk 405", two="200 422 405"),
    "agendas:differently": members("404 404 405"),
    "agendas:goal": members("404 404 405"),
    "agendas:goal_end": members("405 404 405"),
    "agendas:goals": members("200 422 405"),
    "agendas:held": members("404 405 405"),
    "agendas:leave_out": members("405 404 405"),
    "agendas:move": members("agendas:talk agendas:talk 405", two="200 422 405"),
    "agendas:move_not_now": members("405 agendas:talk 405"),
    "agendas:move_yes": members("405 agendas:talk 405"),
    "agendas:note_take_back": members("404 404 405"),
    "agendas:now": members("agendas:talk 405 405"),
    "agendas:now_begin": members("405 agendas:talk 405"),
    "agendas:now_break": members("405 agendas:talk 405"),
    "agendas:now_enough": members("405 agendas:talk 405"),
    "agendas:now_finish": members("405 agendas:talk 405"),
    "agendas:now_go_on": members("405 agendas:talk 405"),
    "agendas:now_live": members("agendas:talk 405 405"),
    "agendas:now_longer": members("405 agendas:talk 405"),
    "agendas:now_note": members("405 agendas:talk 405"),
    "agendas:now_part": members("405 agendas:talk 405"),
    "agendas:now_say": members("405 agendas:talk 405"),
    "agendas:now_settle": members("405 agendas:talks 405"),
    "agendas:now_swap": members("405 agendas:talk 405"),
    "agendas:now_tick": members("405 agendas:now 405"),
    "agendas:now_will": members("405 agendas:talk 405"),
    "agendas:park": members("200 422 405"),
    "agendas:rhythm": members("agendas:talk agendas:talk 405", two="200 422 405"),
    "agendas:rhythm_end": members("agendas:talk agendas:talk 405", two="200 agendas:talk 405"),
    "agendas:rhythm_not_now": members("405 agendas:talk 405"),
    "agendas:rhythm_yes": members("405 agendas:talk 405"),
    "agendas:saying_take_back": members("404 404 405"),
    "agendas:skip": members("405 agendas:talk 405"),
    "agendas:talk": members("200 405 405"),
    "agendas:talks": members("200 405 405"),
    "agendas:topic_take_back": members("405 404 405"),
    "agendas:topic_wait": members("405 404 405"),
    "challenges:cards": members("200 422 405"),
    "challenges:complete": members("405 challenges:path 405", two="405 challenges:day 405"),
    "challenges:day": members("challenges:path 405 405", two="200 405 405"),
    "challenges:end": members("challenges:path challenges:path 405", two="200 challenges:path 405"),
    "challenges:habits": members("200 challenges:habits 405"),
    "challenges:leave_line": members("405 422 405"),
    "challenges:let_go": members("405 challenges:habits 405"),
    "challenges:not_now": members("405 challenges:path 405"),
    "challenges:path": members("200 405 405"),
    "challenges:start": members("405 challenges:path 405"),
    "challenges:swap": members("405 challenges:path 405", two="405 challenges:day 405"),
    "challenges:take_back": members("404 404 405"),
    "challenges:uncomplete": members("405 challenges:path 405", two="405 challenges:day 405"),
    "challenges:wake": members("405 challenges:path 405"),
    "challenges:yes": members("405 challenges:path 405"),
    "checkins:agree": members("405 404 405"),
    "checkins:aloud": members("200 405 405"),
    "checkins:another_gesture": members("200 405 405"),
    "checkins:begin_quiet": members("405 422 405"),
    "checkins:answer": members("405 422 405"),
    "checkins:answer_take_back": members("checkins:question_day checkins:question_day 405"),
    "checkins:discard": members("405 checkins:evening 405"),
    "checkins:draft": members("405 200 405"),
    "checkins:end_quiet": members("405 checkins:phones_down 405"),
    "checkins:evening": members("200 405 405"),
    "checkins:evenings": members("200 405 405"),
    "checkins:heard": members("405 today:today 405"),
    "checkins:gesture": members("200 405 405"),
    "checkins:month": members("200 405 405"),
    "checkins:more": members("today:today today:today 405"),
    "checkins:not_yet": members("405 today:today 405"),
    "checkins:reply": members("404 404 405", two="200 422 405"),
    "checkins:reply_look": members("405 404 405", two="405 200 405"),
    "checkins:reply_take_back": members("404 404 405"),
    "checkins:phones_down": members("200 405 405"),
    "checkins:ring": members("200 405 405"),
    "checkins:own_questions": members("200 422 405"),
    "checkins:question": members("200 405 405"),
    "checkins:question_another": members("200 405 405"),
    "checkins:question_day": members("200 405 405"),
    "checkins:question_not_yet": members("405 checkins:question 405"),
    "checkins:question_take_back": members("404 404 405"),
    "checkins:question_talked": members("405 checkins:question 405"),
    "checkins:save": members("405 422 405"),
    "checkins:show": members("checkins:evening checkins:evening 405"),
    "checkins:take_back": members("200 checkins:evening 405"),
    "checkins:talked": members("405 today:today 405"),
    "checkins:thanks": members("200 422 405"),
    "checkins:thanks_take_back": members("404 404 405"),
    "checkins:together": members("200 405 405"),
    "checkins:together_month": members("200 405 405"),
    "checkins:win_take_back": members("404 404 405"),
    "checkins:wins": members("200 422 405"),
    "checkins:taste": members("200 422 405"),
    "checkins:write": members("200 405 405"),
    "checkins:write_day": members("200 405 405"),
    "couples:accept": members("200 couples:words 405", two="couples:invite couples:invite 405"),
    "couples:block": members("200 422 405"),
    "couples:code": members("200 422 405"),
    "couples:evenings": members("200 422 405"),
    "couples:evenings_not_now": members("405 couples:evenings 405"),
    "couples:evenings_yes": members("405 couples:evenings 405"),
    "couples:every_evening": members("405 couples:evenings 405"),
    "couples:invite": members("200 405 405"),
    "couples:invite_create": members("405 couples:invite 405"),
    "couples:invite_mail": members("405 couples:invite 405"),
    "couples:invite_revoke": members("405 couples:invite 405"),
    "couples:invited": everyone("200 405 405"),
    "couples:line": members("couples:invite 405 405", two="200 405 405"),
    "couples:never": everyone("200 200 405"),
    "couples:not_now": everyone("200 405 405"),
    "couples:notice_read": members("405 today:today 405"),
    "couples:part": members("couples:invite today:today 405", two="200 today:today 405"),
    "couples:words": members("couples:invite 405 405", two="couples:line 405 405"),
    "couples:words_different": members("405 couples:words 405"),
    "couples:words_same": members("405 couples:words 405"),
    "health": everyone("200 405 405"),
    "mfa_activate_totp": members("account_reauthenticate"),
    "mfa_add_webauthn": members("account_reauthenticate"),
    "mfa_authenticate": members("today:today"),
    "mfa_deactivate_totp": members("404"),
    "mfa_download_recovery_codes": members("404"),
    "mfa_edit_webauthn": members("account_reauthenticate"),
    "mfa_generate_recovery_codes": members("account_reauthenticate"),
    "mfa_index": members("200 405 405"),
    "mfa_list_webauthn": members("200 405 405"),
    "mfa_login_webauthn": visitors("account_login account_login account_login 405", members="today:today"),
    "mfa_reauthenticate": members("account_reauthenticate"),
    "mfa_reauthenticate_webauthn": members("account_reauthenticate"),
    "mfa_remove_webauthn": members("account_reauthenticate"),
    "mfa_view_recovery_codes": members("404 405 405"),
    "reminders:evening": members("200 422 405"),
    "reminders:mail": members("200 405 405"),
    "reminders:mail_designed": members("200 405 405"),
    "reminders:send_now": members("405 reminders:settings 405"),
    "reminders:settings": members("200 422 405"),
    "reminders:status": everyone("404 405 405"),
    "reminders:stop": everyone("200 200 405"),
    "today:look_back": members("challenges:path 405 405", two="200 405 405"),
    "today:look_back_at": members("404 405 405"),
    "today:today": members("200 405 405"),
    "usersessions_list": members("200 usersessions_list usersessions_list 405"),
}
