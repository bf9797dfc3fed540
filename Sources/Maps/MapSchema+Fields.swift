extension MapJSON {
  /// Every field of the document, parents before their parts.
  static let fields: [Field] =
    [
      Field("format", .text, "Always `waymark.map`."),
      Field("version", .integer, "The version of this form, 1."),
      Field("experience", .object, "What the journey belongs to."),
      Field("experience.title", .text, "The experience's title."),
      Field("experience.timezone", .text, "The IANA zone in which days are taken."),
      Field("experience.currency", .text, "The ISO 4217 code of all money."),
      Field("journey", .object, "The journey as it was designed."),
      Field("journey.name", .text, "Its name in the experience."),
      Field("journey.title", .text, "Its title."),
      Field("journey.kind", .text, "`decision`, `implementation`, `management`, or another name."),
      Field("journey.starts", .list, "The names of its starting points, one to three."),
      Field("journey.goal", .text, "The touchpoint that completes a case."),
      Field("journey.ends", .list, "Touchpoints that end a case without success."),
      Field("journey.windowMilliseconds", .integer, "How long a case may take from its start."),
      Field("journey.next", .text, "The journey that follows.", always: false),
      Field("map", .object, "What was measured."),
      Field("map.version", .integer, "The version of the measured form."),
      Field("map.journey", .text, "The journey's name."),
      Field("map.title", .text, "The journey's title."),
      Field("map.from", .moment, "Cases began at this moment or later; null: any."),
      Field("map.to", .moment, "Cases began before this moment; null: any."),
      Field("map.population", .text, "The condition that customers met.", always: false),
      Field("map.watermark", .moment, "How far the data reach; null: there are none."),
      Field("map.definition", .text, "The hash of the journey's definition."),
    ] + counts("map.cases", "Cases by outcome.")
    + [Field("map.customers", .integer, "Customers with a case.")]
    + estimate("map.completion", "Completed of closed cases, 0 to 1.")
    + times("map.time", "From start to goal.")
    + money("map.value", "Value; its mean is of completed cases.")
    + money("map.cost", "Cost; its mean is of all cases.")
    + estimate("map.feeling", "Scores, 1 to 5.")
    + [
      Field("map.excluded", .object, "Starting events that opened no case."),
      Field("map.excluded.outsideAudience", .integer, "Their customer was not of the audience."),
      Field("map.excluded.duringCase", .integer, "A case was open."),
      Field("map.excluded.again", .integer, "The journey may not be walked again, or not yet."),
      Field("map.excluded.withoutCaseKey", .integer, "They had no case key."),
      Field("map.excluded.outsideRange", .integer, "They lay outside the range."),
    ] + start + step + touchpoint + whole + tickets

  private static let tickets = [
    Field(
      "tickets", .list, "Tickets that are not closed, by touchpoint of the map.",
      always: false),
    Field("tickets[].touchpoint", .text, "The touchpoint’s name."),
    Field("tickets[].open", .integer, "Tickets that are not closed."),
    Field("tickets[].overdue", .integer, "Of these, past their time."),
  ]

  private static let start =
    [
      Field("map.starts", .list, "Starting points, in their designed order."),
      Field("map.starts[].touchpoint", .text, "The touchpoint's name."),
      Field("map.starts[].title", .text, "Its title."),
    ] + counts("map.starts[].cases", "Cases that began here, by outcome.")
    + estimate("map.starts[].completion", "Completed of closed cases.")
    + times("map.starts[].time", "From start to goal.")
    + [
      Field("map.starts[].repeats", .integer, "Later starting events inside cases."),
      Field("map.starts[].value", .number, "The sum of values of its cases."),
      Field("map.starts[].cost", .number, "The sum of costs of its cases."),
    ]

  private static let step =
    [
      Field("map.steps", .list, "Steps in their designed order, the goal among them."),
      Field("map.steps[].index", .integer, "The position, from 0."),
      Field("map.steps[].title", .text, "The title."),
      Field("map.steps[].optional", .boolean, "Whether a case may leave it out."),
      Field("map.steps[].goal", .boolean, "Whether it completes the case."),
      Field("map.steps[].reached", .integer, "Cases that came this far or further."),
      Field("map.steps[].reachedByStart", .list, "The same, by starting point."),
      Field("map.steps[].cases", .integer, "Cases that met the step."),
      Field("map.steps[].casesByStart", .list, "The same, by starting point."),
    ] + estimate("map.steps[].share", "Reached, of all cases.")
    + [
      Field("map.steps[].dropOff", .integer, "Closed, uncompleted cases that came no further."),
      Field("map.steps[].dropOffByStart", .list, "The same, by starting point."),
    ] + estimate("map.steps[].dropOffShare", "Drop-off, of closed cases that came this far.")
    + [Field("map.steps[].open", .integer, "Open cases whose furthest step this is.")]
    + passages("map.steps[].wentNext", "What cases that dropped off here met next.")
    + times("map.steps[].timeFromPrevious", "From the nearest earlier step that the case met.")
    + [
      Field("map.steps[].repeats", .integer, "Interactions after the first of a case."),
      Field("map.steps[].casesRepeating", .integer, "Cases with such a repeat."),
      Field("map.steps[].skipped", .integer, "Cases that came further without meeting it."),
      Field("map.steps[].extra", .integer, "Interactions where the design has no place for one."),
      Field("map.steps[].outOfOrder", .integer, "Cases that met it in another order."),
      Field("map.steps[].late", .integer, "Cases that met it later than promised."),
      Field("map.steps[].promised", .integer, "Cases for which the promise could be checked."),
      Field("map.steps[].channelSwitches", .integer, "Cases that changed the channel on the way."),
      Field("map.steps[].wrongChannel", .integer, "Cases in a channel it was not designed for."),
    ]

  private static let touchpoint =
    [
      Field("map.steps[].touchpoints", .list, "The step's touchpoints."),
      Field("map.steps[].touchpoints[].name", .text, "The name."),
      Field("map.steps[].touchpoints[].title", .text, "The title."),
      Field("map.steps[].touchpoints[].stage", .text, "The stage.", always: false),
      Field("map.steps[].touchpoints[].interactions", .integer, "Interactions in cases."),
      Field("map.steps[].touchpoints[].cases", .integer, "Cases with such an interaction."),
    ] + channels("map.steps[].touchpoints[].channels", "Interactions by channel.")
    + [
      Field(
        "map.steps[].touchpoints[].designedFeeling", .number, "Designed, 1 to 5.", always: false)
    ] + estimate("map.steps[].touchpoints[].feeling", "Scored by customers, 1 to 5.")
    + [
      Field("map.steps[].touchpoints[].value", .number, "The sum of values."),
      Field("map.steps[].touchpoints[].cost", .number, "The sum of costs."),
    ]

  private static let whole =
    [
      Field("map.conformance", .object, "How well cases fit the design."),
      Field("map.conformance.fitness", .number, "Of closed cases, 0 to 1.", always: false),
      Field(
        "map.conformance.fitnessCompleted", .number, "Of completed cases, 0 to 1.", always: false),
      Field("map.conformance.cases", .integer, "Closed cases that were aligned."),
      Field("map.conformance.verdicts", .object, "Closed cases by verdict."),
      Field("map.conformance.verdicts.asPlanned", .integer, "As designed."),
      Field("map.conformance.verdicts.skipped", .integer, "Left out a step."),
      Field("map.conformance.verdicts.extra", .integer, "Took one too many."),
      Field("map.conformance.verdicts.outOfOrder", .integer, "In another order."),
      Field("map.conformance.verdicts.repeated", .integer, "Repeated one."),
      Field("map.conformance.verdicts.late", .integer, "Later than promised."),
      Field("map.conformance.verdicts.wrongChannel", .integer, "In another channel."),
      Field("map.conformance.variants", .list, "The most common ways, most first."),
      Field("map.conformance.variants[].touchpoints", .list, "Touchpoints met, in order."),
      Field("map.conformance.variants[].cases", .integer, "Cases that took it."),
      Field("map.conformance.variants[].completed", .integer, "Of these, completed."),
      Field(
        "map.conformance.variants[].medianTime", .number, "Median to the goal.", always: false),
      Field("map.conformance.variants[].fitness", .number, "Its fitness.", always: false),
      Field("map.conformance.variantCount", .integer, "How many ways there were."),
    ] + passages("map.offMap", "What cases met that is not on the map, most first.")
    + channels("map.channelsPerCase", "Cases by the number of their channels.")
    + [
      Field("map.channelSwitches", .integer, "Changes of channel between steps."),
      Field("map.targets", .list, "Targets and what was measured."),
      Field("map.targets[].metric", .text, "What is measured: `completion`, `median_time`, …"),
      Field("map.targets[].comparison", .text, "`>=` or `<=`."),
      Field("map.targets[].limit", .number, "In the metric's unit."),
    ] + estimate("map.targets[].measured", "The figure, in the metric's unit.")
    + [
      Field("map.targets[].verdict", .text, "`met`, `missed`, `uncertain` or `no data`."),
      Field("map.attention", .list, "Steps that need attention, worst first."),
      Field("map.attention[].step", .integer, "The step's index."),
      Field("map.attention[].title", .text, "The step's title."),
      Field("map.attention[].weight", .number, "Completions lost there, roughly; 0 is healthy."),
      Field("map.attention[].reasons", .list, "Why, in sentences."),
    ]

  private static func estimate(_ path: String, _ meaning: String) -> [Field] {
    [
      Field(path, .object, meaning),
      Field(path + ".value", .number, "The figure.", always: false),
      Field(path + ".low", .number, "The lower end of its 95 % interval.", always: false),
      Field(path + ".high", .number, "The upper end.", always: false),
      Field(path + ".count", .integer, "Observations that it rests on."),
    ]
  }

  private static func times(_ path: String, _ meaning: String) -> [Field] {
    [Field(path, .object, meaning)] + estimate(path + ".median", "The median in milliseconds.")
      + [Field(path + ".p90", .number, "What nine of ten keep, in milliseconds.", always: false)]
  }

  private static func money(_ path: String, _ meaning: String) -> [Field] {
    [Field(path, .object, meaning), Field(path + ".sum", .number, "The sum.")]
      + estimate(path + ".mean", "The mean.")
  }

  private static func counts(_ path: String, _ meaning: String) -> [Field] {
    [
      Field(path, .object, meaning), Field(path + ".total", .integer, "All of them."),
      Field(path + ".completed", .integer, "Reached the goal."),
      Field(path + ".ended", .integer, "Met an end."),
      Field(path + ".abandoned", .integer, "Their window passed."),
      Field(path + ".open", .integer, "Their window has not passed yet."),
    ]
  }

  private static func passages(_ path: String, _ meaning: String) -> [Field] {
    [
      Field(path, .list, meaning),
      Field(path + "[].name", .text, "A touchpoint, an event, or `nothing`."),
      Field(path + "[].title", .text, "Its title."),
      Field(path + "[].cases", .integer, "Cases that passed it."),
    ]
  }

  private static func channels(_ path: String, _ meaning: String) -> [Field] {
    [
      Field(path, .list, meaning),
      Field(path + "[].channel", .text, "The channel, or the number of channels."),
      Field(path + "[].count", .integer, "How often."),
    ]
  }
}
