from datetime import date

from django.urls import path, register_converter

from accounts.fields import YEARS
from checkins.views import evenings, kindnesses, prompts, quiet_time, replies, returning, thanks


class DayConverter:
    """A date as 2026-11-18, as early and as late as one may be brought in. Anything else is no address."""

    regex = YEARS + "-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MonthConverter:
    """A month of such dates as 2026-11; in Python its first day."""

    regex = YEARS + "-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


register_converter(DayConverter, "day")
register_converter(MonthConverter, "month")

app_name = "checkins"
urlpatterns = [
    path("evening/", evenings.write, name="write"),
    path("evening/<day:day>/", evenings.write_day, name="write_day"),
    path("evening/<day:day>/save/", evenings.save, name="save"),
    path("evening/<day:day>/draft/", evenings.draft, name="draft"),
    path("evening/<day:day>/draft/discard/", evenings.discard, name="discard"),
    path("evening/<day:day>/aloud/", evenings.aloud, name="aloud"),
    path("evening/<day:day>/talked/", evenings.talked, name="talked"),
    path("evening/<day:day>/not-yet/", evenings.not_yet, name="not_yet"),
    path("evening/<day:day>/take-back/", evenings.take_back, name="take_back"),
    path("evening/<day:day>/show/", evenings.show, name="show"),
    path("kept/", evenings.kept, name="kept"),
    path("kept/<month:month>/", evenings.kept, name="kept_month"),
    path("evenings/<day:day>/", evenings.evening, name="evening"),
    path("evenings/<day:day>/happened/", returning.bud_answer, name="bud_answer"),
    path("evenings/<day:day>/not-again/", returning.not_again, name="not_again"),
    path("settings/comes-back/", returning.comes_back, name="comes_back"),
    path("evenings/<day:day>/reply/", replies.reply, name="reply"),
    path("evenings/<day:day>/reply/look/", replies.look, name="reply_look"),
    path("evenings/<day:day>/heard/", replies.heard, name="heard"),
    path("evenings/<day:day>/more/", replies.more, name="more"),
    path("replies/<uuid:reply_id>/take-back/", replies.take_back, name="reply_take_back"),
    path("thanks/", thanks.thanks, name="thanks"),
    path("thanks/<uuid:pk>/take-back/", thanks.take_back_thanks, name="thanks_take_back"),
    path("wins/", thanks.wins, name="wins"),
    path("wins/<uuid:pk>/take-back/", thanks.take_back_win, name="win_take_back"),
    path("shared/", thanks.shared, name="shared"),
    path("shared/<month:month>/", thanks.shared, name="shared_month"),
    path("kindness/", kindnesses.kindness, name="kindness"),
    path("kindness/<int:nth>/", kindnesses.kindness, name="another_kindness"),
    path("phones-down/", quiet_time.phones_down, name="phones_down"),
    path("phones-down/ring/", quiet_time.ring, name="ring"),
    path("phones-down/begin/", quiet_time.begin, name="begin_quiet"),
    path("phones-down/end/", quiet_time.end, name="end_quiet"),
    path("question/", prompts.question, name="question"),
    path("question/another/<int:nth>/", prompts.question_another, name="question_another"),
    path("question/taste/", prompts.preferences, name="prompt_preferences"),
    path("question/<day:day>/", prompts.question_day, name="question_day"),
    path("question/<day:day>/answer/", prompts.answer, name="answer"),
    path("question/<day:day>/talked/", prompts.talked, name="question_talked"),
    path("question/<day:day>/not-yet/", prompts.not_yet, name="question_not_yet"),
    path("question/<day:day>/take-back/", prompts.take_answer_back, name="answer_take_back"),
    path("questions/", prompts.questions_of_ours, name="own_questions"),
    path("questions/<uuid:pk>/yes/", prompts.agree, name="agree"),
    path("questions/<uuid:pk>/take-back/", prompts.take_question_back, name="question_take_back"),
]
