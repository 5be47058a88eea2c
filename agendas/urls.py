from django.urls import path

from agendas.views import goals, history, meeting, preparing, rhythm

app_name = "agendas"
# Names that begin with "now" answer on a device used by two, too (`one_device`). What is said in one's name is none of
# them: approving, saying.
urlpatterns = [
    path("talk/", rhythm.talk, name="talk"),
    path("talk/rhythm/", rhythm.suggest, name="rhythm"),
    path("talk/rhythm/end/", rhythm.end, name="rhythm_end"),
    path("talk/move/", rhythm.move, name="move"),
    path("talk/skip/", rhythm.skip, name="skip"),
    path("talk/bring/", preparing.bring, name="bring"),
    path("talk/park/", preparing.park, name="park"),
    path("talk/topics/<uuid:topic_id>/wait/", preparing.wait, name="topic_wait"),
    path("talk/topics/<uuid:topic_id>/take-back/", preparing.take_topic_back, name="topic_take_back"),
    path("talk/roses/<uuid:item_id>/", preparing.leave_out, name="leave_out"),
    path("talk/now/", meeting.now, name="now"),
    path("talk/now/live/", meeting.live, name="now_live"),
    path("talk/now/begin/", meeting.begin, name="now_begin"),
    path("talk/now/part/", meeting.go_to, name="now_part"),
    path("talk/now/swap/", meeting.swap, name="now_swap"),
    path("talk/now/longer/", meeting.extend_turn, name="now_longer"),
    path("talk/now/break/", meeting.take_break, name="now_break"),
    path("talk/now/enough/", meeting.pause, name="now_enough"),
    path("talk/now/go-on/", meeting.go_on, name="now_go_on"),
    path("talk/now/finish/", meeting.finish, name="now_finish"),
    path("talk/now/note/", meeting.note, name="now_note"),
    path("talk/now/notes/<uuid:note_id>/tick/", meeting.approve, name="tick"),
    path("talk/now/will/", meeting.will, name="now_will"),
    path("talk/now/say/", meeting.say, name="say"),
    path("talk/now/actions/<uuid:action_id>/", meeting.settle, name="now_settle"),
    path("talks/", history.talks, name="talks"),
    path("talks/<uuid:talk_id>/", history.held, name="held"),
    path("talks/notes/<uuid:note_id>/differently/", history.differently, name="differently"),
    path("talks/notes/<uuid:pk>/take-back/", history.take_note_back, name="note_take_back"),
    path("talks/additions/<uuid:pk>/take-back/", history.take_addition_back, name="addition_take_back"),
    path("talks/actions/<uuid:pk>/take-back/", history.take_action_back, name="action_take_back"),
    path("talks/sayings/<uuid:pk>/take-back/", history.take_saying_back, name="saying_take_back"),
    path("goals/", goals.list_goals, name="goals"),
    path("goals/<uuid:goal_id>/", goals.change, name="goal"),
    path("goals/<uuid:goal_id>/end/", goals.end, name="goal_end"),
]
