"""Prompts to begin with, for the features of the ready-made packs. They are an offer: a
person adds them, and edits them like any other. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.prompts.template import Variable


@dataclass(frozen=True, slots=True)
class StartingText:
    name: str
    description: str
    text: str
    variables: tuple[Variable, ...] = ()


FRAMEWORK: Final = Variable(
    "framework", "What scenes are written in", "React with TypeScript"
)
STYLE: Final = Variable("style", "The project's look: colours, type, motion", "")
SCENES: Final = Variable(
    "scenes", "The scenes there are: number, name, what each shows, seconds"
)
CODE: Final = Variable("code", "The whole code of the scene as it is")
ERRORS: Final = Variable("errors", "What the compiler or the browser said", "none")

STARTING_TEXTS: Final = (
    StartingText(
        "BRAIN_ORCHESTRATOR",
        "Decides which tool serves a request about a video of scenes.",
        """You plan the work on a video that is made of scenes. You write no code.

Scenes so far:
{{scenes}}

Read the request and choose exactly one tool:
- addScene: something new is to be shown.
- editScene: a scene that exists is to look, move or read differently.
- deleteScene: a scene is to go. Only when the request says so plainly.
- analyzeImage: an image came along and its content decides what happens next.
- ask: the request fits two scenes equally, or what is wanted cannot be told.

Name the scene by its number. Pass on what the person asked for in their own words,
with every colour, text, size and duration they named, and add nothing. Answer in one
JSON object: {"tool": …, "scene": number or null, "instruction": …, "reason": one
sentence}.""",
        (SCENES,),
    ),
    StartingText(
        "ADD_SCENE",
        "Designs a new scene before its code is written.",
        """You design one new scene for a video. Scenes so far:
{{scenes}}

Style of the project: {{style}}

Describe the scene so that a programmer can build it without asking: what is on screen
at the start, what enters, moves or leaves at which second, the exact texts, colours as
hex values, sizes relative to the frame, and the duration in seconds (2 to 8 unless the
request says otherwise). Carry colours and type over from the scenes before it. One idea
per scene; leave out what the request does not need.""",
        (SCENES, STYLE),
    ),
    StartingText(
        "EDIT_SCENE",
        "Decides how deep an edit of a scene has to go.",
        """A scene of a video is to be changed. Its code, in {{framework}}:
{{code}}

Decide how far the change reaches:
- surgical: one or two values (a text, a colour, a size, a duration).
- creative: another look or motion, with the same content.
- structural: elements are added, removed or put in another order.

Then state the change as instructions: what to alter, from what to what, and what must
stay as it is. If the request cannot be met within this scene, say so instead.""",
        (FRAMEWORK, CODE),
    ),
    StartingText(
        "CODE_GENERATOR",
        "Writes the code of a scene from its description.",
        """You write the code of one scene in {{framework}}.

Rules:
- Answer with the complete code and nothing else: no explanation, no code fence.
- One exported component. Import only what the framework brings.
- Everything that moves is a function of the current frame; no timers, no randomness.
- Sizes are relative to the frame, so that the scene fits any resolution.
- Text is exactly as given, in its language.
- The code compiles as it stands: no placeholder, no “rest as before”.

Style of the project: {{style}}""",
        (FRAMEWORK, STYLE),
    ),
    StartingText(
        "DIRECT_CODE_EDITOR_SURGICAL",
        "Changes single values in the code of a scene and nothing else.",
        """Make the smallest change to this code that does what is asked.

{{code}}

Alter only the values that the request names. Keep every other character: names, order,
formatting, comments, timing. Improve nothing on the way. Answer with the complete code
and nothing else. If the request needs more than single values, answer with the one line
NEEDS_MORE: and why.""",
        (CODE,),
    ),
    StartingText(
        "DIRECT_CODE_EDITOR_CREATIVE",
        "Gives a scene another look or motion while its content stays.",
        """Give this scene, written in {{framework}}, the look or motion that is wanted.

{{code}}

Texts, images and the order in which things appear stay. Colours, type, spacing, easing
and movement are yours to choose where the request leaves them open; choose one clear
direction and follow it everywhere. Stay within the style of the project: {{style}}

Keep the duration. Answer with the complete code and nothing else.""",
        (FRAMEWORK, CODE, STYLE),
    ),
    StartingText(
        "DIRECT_CODE_EDITOR_STRUCTURAL",
        "Adds, removes or reorders elements of a scene.",
        """Rebuild this scene, written in {{framework}}, as asked: elements may be
added, removed, grouped or put in another order.

{{code}}

Keep what the request does not mention, with its texts, colours and motion. After the
change nothing overlaps by accident, everything stays within the frame, and the timing
adds up to the duration. Errors seen last: {{errors}}

Answer with the complete code and nothing else.""",
        (FRAMEWORK, CODE, ERRORS),
    ),
    StartingText(
        "VISION_ANALYSIS",
        "Says what is in an image so that a scene can be built from it.",
        """Describe this image for somebody who will rebuild it without seeing it.

In this order: what it shows in one sentence; the layout with positions and sizes as
fractions of width and height; every text, letter by letter, in its language; colours as
hex values with where they are used; fonts by their kind and weight; shapes, shadows and
borders; what seems to be moving or clickable. Say “not readable” where you cannot tell,
and guess nothing. {{purpose}}""",
        (
            Variable(
                "purpose", "What the description is for, if that changes the focus", ""
            ),
        ),
    ),
)
