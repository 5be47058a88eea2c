"""Every tick of the installation, on one page. Beat only rings; what is due stands in the database."""

SCHEDULE = {
    "reminders": {"task": "reminders.tasks.tick", "schedule": 15.0, "options": {"expires": 60}},
    "reminders settled long ago": {"task": "reminders.tasks.prune", "schedule": 86400.0},
    "talks laid out": {"task": "agendas.tasks.lay_out", "schedule": 60.0, "options": {"expires": 120}},
    "dates coming up": {"task": "adventures.tasks.promise", "schedule": 60.0, "options": {"expires": 120}},
    "withdrawals listed": {
        "task": "config.tasks.list_withdrawals",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    "invitations by mail": {
        "task": "couples.tasks.send_due_invitations",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    "invitations long over": {"task": "couples.tasks.forget_invitations", "schedule": 86400.0},
    "sign-ups never verified": {"task": "accounts.tasks.sweep_unverified", "schedule": 3600.0},
    "long work": {"task": "accounts.tasks.work_off", "schedule": 15.0, "options": {"expires": 30}},
    "files of nobody": {"task": "accounts.tasks.sweep_files", "schedule": 86400.0},
    "private logs forgotten": {"task": "accounts.tasks.forget_log", "schedule": 86400.0},
    "sessions run out": {"task": "accounts.tasks.clear_sessions", "schedule": 86400.0},
}
