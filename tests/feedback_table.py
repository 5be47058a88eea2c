"""The feedback table: what every changing route says when it was done, where the thing is found again, and how it is
undone. A route that takes a POST and has no line here fails the tests.

Said by a line on the next page (`line`), by what that page shows anyway (`part`), or not at all, with the reason
(`silent`). One taps it: its line has an Undo (`undo`, as it is registered), the page has one (`page`), it is asked
before (`asks`), or there is a reason for none (`without`). A form that is filled in and sent is no tap (`form`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Feedback:
    line: str = ""
    part: str = ""
    silent: str = ""
    undo: str = ""
    page: str = ""
    asks: bool = False
    form: bool = False
    without: str = ""


SIGNING_IN = Feedback(part="the page one signs in to, or the next step on the way there", form=True)
ACCOUNT = Feedback(part="allauth's line, or the page of security with what stands there now", form=True)
TABLE = {
    # allauth's own, with their lines in templates/account/messages
    "account_change_password": ACCOUNT,
    "account_complete_password_reset": SIGNING_IN,
    "account_confirm_login_code": SIGNING_IN,
    "account_confirm_password_reset_code": SIGNING_IN,
    "account_email": ACCOUNT,
    "account_email_verification_sent": SIGNING_IN,
    "account_login": SIGNING_IN,
    "account_logout": Feedback(part="the landing page", without="signing in again is the way back"),
    "account_reauthenticate": SIGNING_IN,
    "account_request_login_code": SIGNING_IN,
    "account_reset_password": SIGNING_IN,
    "account_set_password": ACCOUNT,
    "account_signup": SIGNING_IN,
    "mfa_activate_totp": ACCOUNT,
    "mfa_add_webauthn": ACCOUNT,
    "mfa_authenticate": SIGNING_IN,
    "mfa_deactivate_totp": Feedback(part="allauth's line", asks=True),
    "mfa_download_recovery_codes": Feedback(part="the file", without="a download changes nothing"),
    "mfa_edit_webauthn": ACCOUNT,
    "mfa_generate_recovery_codes": Feedback(part="the new codes", asks=True),
    "mfa_login_webauthn": SIGNING_IN,
    "mfa_reauthenticate": SIGNING_IN,
    "mfa_reauthenticate_webauthn": SIGNING_IN,
    "mfa_remove_webauthn": Feedback(part="allauth's line", asks=True),
    "mfa_view_recovery_codes": Feedback(part="the codes", without="looking changes nothing"),
    # accounts
    "accounts:delete": Feedback(line="Your account and everything you wrote are gone.", asks=True),
    "accounts:import_file": Feedback(part="what would come in, before anything does", form=True),
    "accounts:import_take": Feedback(
        line="Imported. It is kept to yourself; what you had with somebody is a copy.", form=True
    ),
    "accounts:export": Feedback(line="It is being prepared. Once it is ready it is on this page.", form=True),
    "accounts:export_delete": Feedback(
        line="Deleted. What was downloaded already stays where it is.", without="another one can be asked for"
    ),
    "accounts:export_download": Feedback(
        silent="a GET alone gets the file; whatever is sent is asked who it is, and refused",
        without="nothing changes",
    ),
    "accounts:export_progress": Feedback(
        silent="a look alone; whatever is sent is asked who it is, and refused", without="nothing changes"
    ),
    "accounts:reauthenticate_by_code": SIGNING_IN,
    "accounts:session_end": Feedback(
        line="Signed out there.", without="a browser that is one's own signs in again"
    ),
    "accounts:sessions": Feedback(
        line="Signed out everywhere else.", without="a browser that is one's own signs in again"
    ),
    "accounts:settings": Feedback(line="Saved.", form=True),
    # couples
    "couples:accept": Feedback(part="the two words", without="nothing is joined before both said the words"),
    "couples:ask_not_now": Feedback(line="Not now, then. It isn’t passed on.", undo="not now"),
    "couples:ask_yes": Feedback(
        line="You can undo your yes. It may have been seen by then.", undo="yes to an ask"
    ),
    "couples:block": Feedback(line="Done. The list itself is never shown.", form=True),
    "couples:by_code": Feedback(part="the invitation's first page", form=True),
    "couples:code": Feedback(part="the page that asks whether to accept", form=True),
    "couples:evenings": Feedback(line="Saved. Your evenings are on this page.", form=True),
    "couples:every_evening": Feedback(
        line="It is every evening again, as this page shows.", undo="every evening"
    ),
    "couples:invite_create": Feedback(
        line="Your invitation is made. Its link and its code are on this page.", page="Take it back"
    ),
    "couples:invite_mail": Feedback(line="It’s on its way, without your name.", form=True),
    "couples:invite_revoke": Feedback(line="Taken back. The old code and link lead nowhere now;", asks=True),
    "couples:never": Feedback(part="the page says that nothing more is sent", asks=True),
    "couples:notice_read": Feedback(
        silent="it puts one line away that was read; all it spoke of is where it was",
        without="nothing is lost",
    ),
    "couples:part": Feedback(
        silent="Today says to both, in the same words, whoever it was: You’re writing on your own here now",
        asks=True,
    ),
    "couples:undo": Feedback(line="Undone. It is as it was before.", without="the act itself is there again"),
    "couples:words_different": Feedback(
        line="Nothing is joined and nothing is lost.",
        without="a stop stops at once; a fresh link begins anew",
    ),
    "couples:words_same": Feedback(
        part="the words, or the line to agree on", without="asked by the words; the same page stops it"
    ),
    # reminders
    "reminders:evening": Feedback(part="the next step of signing up; Settings has them", form=True),
    "reminders:send_now": Feedback(line="One is on its way.", without="an email can't be called back"),
    "reminders:settings": Feedback(line="Saved.", form=True),
    "reminders:stop": Feedback(
        part="the page says that it is switched off, and where to switch it on", asks=True
    ),
    # checkins
    "checkins:agree": Feedback(line="Agreed. It comes on one of your", undo="yes, ask us"),
    "checkins:answer": Feedback(line="Your answer is saved, on this page.", form=True),
    "checkins:answer_take_back": Feedback(line="“taken back” stays with the question.", asks=True),
    "checkins:begin_quiet": Feedback(part="the ring, the same on both screens", page="End it now"),
    "checkins:discard": Feedback(line="Deleted. That evening is as it was", asks=True),
    "checkins:draft": Feedback(part="the line under the form that says what is saved", form=True),
    "checkins:end_quiet": Feedback(
        part="that it is over, the same on both screens: a line would tell on one of them who ended it",
        without="another begins at once, on the same page",
    ),
    "checkins:heard": Feedback(line="Saved: you were heard.", undo="that’s it"),
    "checkins:more": Feedback(line="Saved, under your thorn of that evening.", form=True),
    "checkins:not_yet": Feedback(line="Undone. The evening is open again", page="the evening as it was"),
    "checkins:own_questions": Feedback(line="Saved. Your question is below", form=True),
    "checkins:bud_answer": Feedback(line="Saved: it was good.", undo="said of what came back"),
    "checkins:comes_back": Feedback(line="Saved, on this page. It counts from now", form=True),
    "checkins:not_again": Feedback(line="It won’t come back on your", undo="said of what came back"),
    "checkins:prompt_preferences": Feedback(line="Saved, on this page. It counts from the next", form=True),
    "checkins:question_not_yet": Feedback(
        line="Undone. The question is open again, on this page.", page="the question as it was"
    ),
    "checkins:question_take_back": Feedback(line="Taken back. It is off this page", asks=True),
    "checkins:question_talked": Feedback(line="Saved: you talked about it.", page="Undo"),
    "checkins:reply": Feedback(line="Sent. It is on the page of that evening.", form=True),
    "checkins:reply_look": Feedback(part="what it reads like; nothing is stored", form=True),
    "checkins:reply_take_back": Feedback(line="“taken back” stays on this page.", asks=True),
    "checkins:save": Feedback(line="Your check-in is saved.", form=True),
    "checkins:show": Feedback(line="Shown. It is on this page", asks=True),
    "checkins:take_back": Feedback(line="“taken back” stays on this page.", asks=True),
    "checkins:talked": Feedback(line="Saved: you talked.", page="Undo"),
    "checkins:thanks": Feedback(line="Saved for your talk.", form=True),
    "checkins:thanks_take_back": Feedback(line="where they were read, “taken back” stays.", asks=True),
    "checkins:win_take_back": Feedback(line="where they were read, “taken back” stays.", asks=True),
    "checkins:wins": Feedback(line="Saved.", form=True),
    # challenges
    "challenges:cards": Feedback(line="Saved, and shown to nobody else. It counts on every day", form=True),
    "challenges:complete": Feedback(line="Counted. The day is done", page="Undo"),
    "challenges:end": Feedback(line="Ended. Its days and lines are kept", asks=True),
    "challenges:habits": Feedback(line="Saved, and shown to nobody else. What you keep is below", form=True),
    "challenges:leave_line": Feedback(line="Saved. Your line is on the page of its day", form=True),
    "challenges:let_go": Feedback(line="Removed from what you keep.", undo="habit let go"),
    "challenges:start": Feedback(line="The challenge is on. Day 1 is below.", undo="challenge begun"),
    "challenges:swap": Feedback(line="Another card is below, on your page only.", undo="card swapped"),
    "challenges:take_back": Feedback(line="“taken back” stays on the page of its day.", asks=True),
    "challenges:uncomplete": Feedback(
        line="Undone. You don’t count this card any more", page="Count this day"
    ),
    "challenges:wake": Feedback(
        line="The challenge goes on from the day below.",
        without="it rests again by itself; that it was woken and laid down would be told by the other's page",
    ),
    # adventures
    "adventures:add_idea": Feedback(line="Added to the list.", undo="wish added"),
    "adventures:another_time": Feedback(line="Saved. This page shows the time that is planned", form=True),
    "adventures:ask": Feedback(line="Asked. It is on this page and among your dates", page="Take it back"),
    "adventures:bring": Feedback(line="Added to the list.", undo="wish added"),
    "adventures:bring_date": Feedback(
        line="Asked. It is on this page and among your dates", page="Take it back"
    ),
    "adventures:calendar": Feedback(
        line="Saved, and shown to nobody else. Your calendar shows it", form=True
    ),
    "adventures:call_off": Feedback(
        line="Cancelled. It is no longer among your dates.", undo="act on a date"
    ),
    "adventures:change": Feedback(line="Saved. The plan is on this page.", form=True),
    "adventures:fulfil": Feedback(line="It is one of your memories now, on this page", undo="wish fulfilled"),
    "adventures:happened": Feedback(
        line="It is one of your memories now. On this page", undo="act on a date"
    ),
    "adventures:leave_line": Feedback(
        line="Saved. Your line is on this page, and among your memories.", form=True
    ),
    "adventures:line_take_back": Feedback(line="“taken back” stays on this page.", asks=True),
    "adventures:mail": Feedback(
        line="It is on its way to your inbox", without="an email can't be called back"
    ),
    "adventures:make_address": Feedback(
        part="the new address, shown this once", without="it is switched off there"
    ),
    "adventures:me_too": Feedback(
        line="You both want it. It is at the top of the list", page="Undo “Me too”"
    ),
    "adventures:not_again": Feedback(line="It won’t come back on your", undo="said of what came back"),
    "adventures:not_me": Feedback(line="Undone. The wish is on the list without", page="Me too"),
    "adventures:not_this_one": Feedback(line="Not this one, then. It isn’t passed on.", undo="act on a date"),
    "adventures:occasion": Feedback(line="Saved. It is on the list below, where it comes next.", form=True),
    "adventures:occasion_bring": Feedback(line="Added to the list.", undo="day added"),
    "adventures:occasion_remove": Feedback(line="Removed from the list below.", asks=True),
    "adventures:occasions": Feedback(line="Added. It is on the list below, where it comes next.", form=True),
    "adventures:plan": Feedback(line="Asked. It is on this page and among your dates", form=True),
    "adventures:postpone": Feedback(line="Postponed. It waits on this page", undo="act on a date"),
    "adventures:revoke": Feedback(line="Switched off. You can make a new address on this page.", asks=True),
    "adventures:rhythm": Feedback(line="Saved. This page shows your rhythm", form=True),
    "adventures:rhythm_end": Feedback(
        line="Ended. Dates already agreed stay where they are, below.", asks=True
    ),
    "adventures:tell": Feedback(line="Told. It is on this page", asks=True),
    "adventures:tell_me_first": Feedback(line="Saved. It is beside the date", undo="act on a date"),
    "adventures:turns": Feedback(line="Saved. Whether you take turns", page="the other of its two buttons"),
    "adventures:wish": Feedback(line="Saved. Your wish is on the list below.", form=True),
    "adventures:wish_take_back": Feedback(line="Taken back. Its words are gone", asks=True),
    "adventures:wishes": Feedback(line="Added. Your wish is on the list below.", form=True),
    "adventures:withdraw": Feedback(line="Taken back. This page shows what is planned", undo="act on a date"),
    "adventures:yes": Feedback(line="Agreed. It is among your dates now.", undo="act on a date"),
    # agendas
    "agendas:action_take_back": Feedback(line="“taken back” stays on the page of its talk.", asks=True),
    "agendas:addition_take_back": Feedback(line="“taken back” stays on the page of its talk.", asks=True),
    "agendas:bring": Feedback(line="Saved, and chosen below.", form=True),
    "agendas:differently": Feedback(line="Saved, under the notes on this page.", form=True),
    "agendas:goal": Feedback(line="Saved. Your goal is on the list, as it is now.", form=True),
    "agendas:goal_end": Feedback(line="Removed from the list, for you both.", undo="goal ended"),
    "agendas:goals": Feedback(line="Added. Your goal is on the list", form=True),
    "agendas:leave_out": Feedback(line="Left out. It can be put back under", page="Put it back"),
    "agendas:move": Feedback(line="Saved. This page shows when the talk is", form=True),
    "agendas:note_take_back": Feedback(line="“taken back” stays on the page of its talk.", asks=True),
    "agendas:now_begin": Feedback(part="the talk", without="it rests, and goes on, as either likes"),
    "agendas:now_break": Feedback(part="the break", page="Go on with the talk"),
    "agendas:now_enough": Feedback(part="the page that rests", page="Go on with the talk"),
    "agendas:now_finish": Feedback(part="the end of the talk", page="Undo"),
    "agendas:now_go_on": Feedback(part="the talk as it was", page="Break, Enough or Finish"),
    "agendas:now_longer": Feedback(part="the ring, a minute longer", without="a swap ends the turn whenever"),
    "agendas:now_note": Feedback(line="Your notes are saved.", form=True),
    "agendas:now_part": Feedback(part="the part that was turned to", without="the list has every part"),
    "agendas:now_settle": Feedback(
        line="Done. It stays on the page of its talk, with its Undo.", page="Undo"
    ),
    "agendas:now_swap": Feedback(part="whose turn it is", page="Swap turns"),
    "agendas:now_will": Feedback(line="Added, below, under “What you’ll do”.", form=True),
    "agendas:park": Feedback(line="Saved, under “Topics you saved”", form=True),
    "agendas:rhythm": Feedback(line="Saved. This page shows when you talk", form=True),
    "agendas:rhythm_end": Feedback(line="Ended. The talks you had are kept.", asks=True),
    "agendas:say": Feedback(line="Said. It is below, and on the page of this talk.", form=True),
    "agendas:saying_take_back": Feedback(line="“taken back” stays on the page of its talk.", asks=True),
    "agendas:skip": Feedback(
        line="Skipped. The next talk is as planned, on this page.", undo="talk left out"
    ),
    "agendas:tick": Feedback(line="Saved: you’re happy with these notes.", page="Undo"),
    "agendas:topic_take_back": Feedback(line="Deleted. What else you saved is below.", asks=True),
    "agendas:topic_wait": Feedback(line="It waits below, under “Topics you saved”", undo="topic waits"),
}
