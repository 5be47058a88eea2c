"""A month of Rosa's and Theo's evenings, made up for the demo: (days ago, Rosa's lines, Theo's lines).

Three lines each: rose, bud, thorn; an empty string is a line not written, None an evening without a page. No
weekdays, no seasons: the month is hung behind whichever day the demo is first started.
"""

from checkins.words import SaidBack

Lines = tuple[str, str, str]

EVENINGS: list[tuple[int, Lines | None, Lines | None]] = [
    (
        31,
        (
            "Thirty-one recorders in one room and, for about four bars, something you could have called a tune.",
            "A lie-in at the end of the week, if nobody on our street owns a drill.",
            "Lost my good pen. Found it behind my ear, in front of a parent.",
        ),
        (
            "A man stopped me to ask about the plane tree by the library and knew its name already. He only wanted company in it.",
            "New gloves are in the post.",
            "Two hours of a meeting about the next meeting.",
        ),
    ),
    (
        30,
        ("Soup that tasted better for having been forgotten on the hob.", "", ""),
        (
            "The number 40 came as I reached the stop, like a taxi with strangers in it.",
            "Seeing whether the shed roof held.",
            "Wet socks from ten o’clock. I thought about them more than about my work.",
        ),
    ),
    (
        29,
        (
            "A small boy told me the triangle is ‘the boss of the orchestra’. I have no argument against it.",
            "The library has my book in. It’s four hundred pages and I intend to be unreachable.",
            "The photocopier ate the concert letters, all of them, and then asked for more paper.",
        ),
        None,
    ),
    (
        28,
        ("Swam twenty lengths and counted only eighteen, so two were free.", "Pancakes.", ""),
        (
            "The shed roof held. I stood under it longer than a roof needs.",
            "Planting out the little ones, if I can find the labels. If not, planting out the mysteries.",
            "My knee has opinions about kneeling.",
        ),
    ),
    (
        27,
        None,
        (
            "Mr Adeyemi passed six eggs over the fence and would not hear of money.",
            "An omelette, I should think.",
            "",
        ),
    ),
    (
        26,
        (
            "The caretaker has tuned the hall piano himself, from a video. It’s rather good, and he’s rather proud.",
            "Choir again. It’s been too long since I had somebody else’s voice in my ear.",
            "Marked until the words stopped being words.",
        ),
        (
            "Got to the front of the queue at the bank with all the right papers. The clerk looked moved.",
            "A whole evening with nothing in it.",
            "A complaint about leaves falling off a tree. I wrote back twice and sent neither.",
        ),
    ),
    (
        25,
        (
            "Choir. We fell apart on page three, laughed, and sounded better for it after.",
            "",
            "A blister, from shoes I bought for comfort.",
        ),
        (
            "The bread rose. I had stopped believing in it.",
            "Eating the bread.",
            "Read three bad emails before coffee, which is a thing I do to myself.",
        ),
    ),
    (
        24,
        (
            "Sat on the wall outside with my sandwich and a robin gave me the kind of look you give a late colleague.",
            "The parcel that is, allegedly, on a van.",
            "It wasn’t on the van.",
        ),
        None,
    ),
    (
        23,
        (
            "The parcel. It was the tea strainer. I’d built it up a little.",
            "Tea, strained.",
            "A row between two nine-year-olds about who was sorry first.",
        ),
        (
            "Walked home the long way by the canal. A heron, not in a hurry.",
            "The heron again, if he keeps hours.",
            "Somebody ate my lunch out of the work fridge and washed up the box. I don’t know what to feel.",
        ),
    ),
    (
        22,
        ("Quiet house, rain on it.", "", ""),
        ("Same rain. Other end of the sofa.", "", ""),
    ),
    (
        20,
        (
            "Year Three sang the whole verse by heart and then looked round to see who had done it.",
            "Haircut. Nothing brave.",
            "I was called ‘Mum’ four times and answered to it.",
        ),
        (
            "I explained to a room of councillors what a root does, and one of them wrote it down.",
            "The good marmalade is nearly out, so somebody has to open the other good marmalade.",
            "Left my umbrella on the bus. It was a present from me, but still.",
        ),
    ),
    (
        19,
        (
            "The haircut is fine. A child said I looked ‘finished’.",
            "The film with subtitles that everybody else has already stopped talking about.",
            "",
        ),
        (
            "A stranger ran half the street to give me my umbrella back.",
            "",
            "The stairs at work. Lift out again.",
        ),
    ),
    (
        18,
        None,
        (
            "The seedlings are up, in wobbly rows, like a class photograph.",
            "Thinning them, and apologising as I do.",
            "Phoned about the boiler and was sixth in the queue for as long as it takes to read a novel.",
        ),
    ),
    (
        17,
        (
            "The boiler man came and hummed all through. Alto, I’d say. Wasted on boilers.",
            "Hot water that stays hot until I’m done.",
            "Forgot my own lunch duty. Forty children noticed before I did.",
        ),
        (
            "Warm feet.",
            "A bath without an egg timer.",
            "The bill for the warm feet.",
        ),
    ),
    (
        16,
        (
            "A grandfather at the gate asked whether I take pupils over seventy. I do now.",
            "His first lesson. He’s bringing his own clarinet and, I suspect, his own views.",
            "A headache with corners.",
        ),
        (
            "Found a twenty in my winter coat. Hello, past self, and thanks.",
            "Cinema, the small one with the sticky carpet.",
            "",
        ),
    ),
    (
        15,
        (
            "The film. I cried at the goat, like everyone.",
            "Telling somebody who hasn’t seen it about the goat.",
            "",
        ),
        ("The goat.", "", "The man in front who explained the goat."),
    ),
    (
        13,
        (
            "My clarinet gentleman played one long note and looked out of the window all the way through it.",
            "Getting the big saucepan out.",
            "Mum on the phone about the stairs, and whose idea the stairs were.",
        ),
        (
            "We saved the lime on Court Road. Nobody will ever know, which is what saving one looks like.",
            "Proper sleep.",
            "Seven flights of paper to save one tree.",
        ),
    ),
    (
        12,
        None,
        None,
    ),
    (
        11,
        (
            "A batch of jam, eleven jars, and only one of them hit me.",
            "Toast, for a reason.",
            "Every cloth in the kitchen is now slightly jam.",
        ),
        (
            "Carried a sofa up two floors for my sister and nobody quoted anything from anything.",
            "Her housewarming, which I’m told is on the sofa.",
            "My back, which is also on the sofa.",
        ),
    ),
    (
        10,
        ("The caretaker has started on the second piano. Nobody asked him. Nobody will stop him.", "", ""),
        None,
    ),
    (
        9,
        (
            "The head said yes to the concert being outdoors. I’d brought three arguments and used none.",
            "Spending the arguments on something else.",
            "Then I read the small print: ‘weather permitting’.",
        ),
        (
            "The heron keeps hours. Ten to six, by the second lock.",
            "Borrowing the good binoculars.",
            "Cut my thumb on a packet of plasters.",
        ),
    ),
    (
        8,
        (
            "Slept through the alarm and still arrived before the bell. I’ve no idea how and won’t look into it.",
            "",
            "Wore my cardigan inside out until three.",
        ),
        (
            "Mr Adeyemi taught me to prune his roses. He let me do one.",
            "Possibly doing two.",
            "It was not the one he meant.",
        ),
    ),
    (
        6,
        (
            "Found the old photographs while hunting for a screwdriver. No screwdriver. A good hour, though.",
            "Putting three of them in a frame, at last.",
            "A shelf is still on the floor.",
        ),
        (
            "The shelf is up. It’s nearly level, and books don’t roll.",
            "Books on it.",
            "Two extra holes, which the shelf now hides. We shan’t speak of them.",
        ),
    ),
    (
        5,
        ("The concert list is done and nobody’s child is a tree twice.", "Fish and chips by the water.", ""),
        None,
    ),
    (
        4,
        (
            "A gull took one chip, considered, and came back for the fork.",
            "A morning with no bell in it.",
            "Sand, in places sand has no business.",
        ),
        (
            "Salt and vinegar, and the lights coming on along the front.",
            "Sleeping like a plank.",
            "The gull knew me for a soft touch, and told the others.",
        ),
    ),
    (
        3,
        None,
        (
            "Bus driver waited for me. I was running in a way that must have been hard to watch.",
            "The review’s nearly written. I’ve cut all the adjectives, and it’s a page.",
            "The printer at work, on the one day.",
        ),
    ),
    (
        2,
        (
            "My clarinet gentleman has joined the choir. He sings as he plays: one note, well looked after.",
            "New book, first page. I’ve been saving it.",
            "The parents’ evening rota. I’m on it twice and it’s one evening.",
        ),
        (
            "The first radishes. Small, but they have the temper of much bigger vegetables.",
            "Noodles at the end of the week.",
            "The review is moved again. I’m over-rehearsed, like a pantomime horse.",
        ),
    ),
    (
        1,
        (
            "Somebody had left the hall piano lid open with a note on it: ‘try me now’. I did. It’s lovely.",
            "Noodles. The place with the steamed-up windows.",
            "I was short with Mum on the phone, and she was only telling me about her bins.",
        ),
        (
            "The heron, with binoculars. He has a speckled chin, and no idea how well known he’s becoming.",
            "I’ve thought about those noodles since I woke up, which at our age counts as longing.",
            "The review was pushed to five to four tomorrow. I’ve been carrying it about like a wet umbrella.",
        ),
    ),
]

# Evenings they only talked: nothing is written, and nothing needs to be.
ALOUD = (21, 14, 12, 7)

# One page each was left open, to be read without an answer; one evening of Rosa's was kept.
OPEN = {("Theo", 18), ("Rosa", 24)}
KEPT = {("Rosa", 5)}

# A line one of them kept to themselves: (whose, days ago) to which.
KEPT_LINES = {("Rosa", 13): "thorn", ("Theo", 25): "bud"}

# What was changed the next morning, with both pages open: it stays beside the new words.
CHANGED = {
    ("Theo", 9): ("thorn", "Cut my thumb on a packet of plasters. It took three of them."),
    ("Rosa", 6): ("bud", "Putting three of them in a frame, at last. Four, if the one with the goat counts."),
}

# The private side: how close it felt, and a note. Nobody but its writer ever sees either.
PRIVATE = {
    ("Rosa", 26): ("2", "We passed on the stairs all week. It isn’t a quarrel. It’s a timetable."),
    ("Rosa", 19): ("3", ""),
    ("Rosa", 16): ("3", ""),
    ("Rosa", 13): ("2", "I’ll say it about Mum when I know what I think about Mum."),
    ("Rosa", 9): ("4", ""),
    ("Rosa", 6): ("4", "The photographs helped. We looked so sure of the tent."),
    ("Rosa", 4): ("5", "Ask whether we could do the sea again before it gets properly cold."),
    ("Rosa", 2): ("4", ""),
    ("Rosa", 1): ("4", ""),
    ("Theo", 25): ("3", ""),
    ("Theo", 17): ("3", "I make jokes when I’m tired. Try being tired out loud instead."),
    ("Theo", 11): ("4", ""),
    ("Theo", 4): ("5", ""),
    ("Theo", 1): ("4", "Tell her first, before the review, that it matters to me."),
}

# What one of them said back to the other's thorn: (who says it, days ago) → the reply, and whether that was it. A second
# entry is the second round, after "there's a bit more".
HEARD = {
    ("Rosa", 2): [
        (
            SaidBack(
                back="What I hear is that you’d learnt it by heart, and then it was moved again.",
                feeling="deflated\non edge",
                sense="It makes sense, because getting yourself up for a thing twice costs more than twice.",
                more=True,
            ),
            "And I can’t even be cross with anybody. It’s a calendar.",
        ),
        (SaidBack(back="So there’s nobody to be cross with, and it’s still sitting on you."), ""),
    ],
    ("Theo", 8): [(SaidBack(feeling="sheepish", sense="Nobody told you until three. I’d have sulked."), "")],
}

# A thank-you each: whose, days ago, what for, the trait it shows, and whether it is kept for the talk.
THANKS = [
    ("Rosa", 10, "for the heater in the bathroom, on before I was up", "thoughtful", False),
    ("Theo", 6, "for three photographs and no commentary on the tent", "good to come home to", False),
    ("Theo", 1, "for not saying a word about the two extra holes", "generous", True),
]

WINS = [
    ("Rosa", 7, "We laughed about the gull until the kettle boiled over."),
    ("Theo", 3, "Disagreed about the shelf, and were done with it by the time the tea was."),
]
