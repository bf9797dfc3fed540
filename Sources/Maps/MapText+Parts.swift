import Engine
import Events
import Experience
import Statistics

extension TextPage {
  /// The title, what it belongs to, and what it speaks of.
  mutating func head(_ chart: Chart) {
    let owner = chart.experience.title.asTitle.shortened(to: width / 3)
    let title = chart.title.shortened(to: width - owner.cells - 2)
    line(paint(title.left(width - owner.cells), .bold) + paint(owner, .dim))
    paragraph(
      "\(chart.range) · \(chart.dataUntil) · \(chart.population)", indent: 0, ink: .dim)
    line(paint(String(repeating: "─", count: width), .dim))
  }

  /// The whole journey in two or three lines.
  mutating func summary(_ chart: Chart) {
    let (m, f) = (chart.measured, chart.figures)
    var facts = [
      f.count(m.cases.total, "case", "cases") + " of "
        + f.count(m.customers, "customer", "customers"),
      "\(f.count(m.cases.completed)) completed", "\(f.count(m.cases.ended)) ended",
      "\(f.count(m.cases.abandoned)) abandoned",
    ]
    if m.cases.open > 0 { facts.append("\(f.count(m.cases.open)) still open, counted apart") }
    paragraph(facts.joined(separator: " · "), indent: 0)
    paragraph(
      "Completion \(f.share(m.completion.value)) of closed cases"
        + " (\(f.footing(m.completion, f.share)))",
      indent: 0, ink: .bold)
    var more: [String] = []
    if m.time.median.value != nil {
      more.append(
        "Median time \(f.time(m.time.median.value)), nine of ten within \(f.time(m.time.p90))")
    }
    if chart.hasValues {
      more.append("value \(f.money(m.value.sum))" + each(m.value, "a completion", f))
    }
    if chart.hasCosts { more.append("cost \(f.money(m.cost.sum))" + each(m.cost, "a case", f)) }
    if m.feeling.value != nil {
      more.append("feeling \(f.score(m.feeling.value)) of 5 (\(f.basis(m.feeling.count)))")
    }
    let text = more.joined(separator: " · ")
    paragraph(text.prefix(1).uppercased() + text.dropFirst(), indent: 0)
  }

  private func each(_ money: Money, _ what: String, _ f: Figures) -> String {
    money.mean.value.map { " (\(f.money($0)) \(what))" } ?? ""
  }

  /// A title in as many lines as it needs, up to `mostTitleLines`.
  private func lines(_ title: String, to width: Int) -> [String] {
    let lines = title.wrapped(to: width)
    guard lines.count > Self.mostTitleLines else { return lines.isEmpty ? [""] : lines }
    let last = lines[(Self.mostTitleLines - 1)...].joined(separator: " ").shortened(to: width)
    return lines.prefix(Self.mostTitleLines - 1) + [last]
  }

  private static let mostTitleLines = 3

  /// One row for each starting point.
  mutating func starts(_ chart: Chart) {
    let (m, f) = (chart.measured, chart.figures)
    guard !m.starts.isEmpty else { return }
    section("Where they started")
    let titleWidth = width - 56
    line(
      paint(
        "  " + "Starting point".shortened(to: titleWidth).left(titleWidth) + "Cases".right(10)
          + "of all".right(17) + "Completed".right(12) + "Time".right(10), .dim))
    for start in m.starts {
      let share = Double(start.cases.total) / Double(max(1, m.cases.total))
      let few = start.completion.count < Figures.few ? " few" : ""
      let title = lines(start.title.asTitle, to: titleWidth)
      line(
        "  " + title[0].left(titleWidth) + f.count(start.cases.total).right(10) + " "
          + paint(Self.bar(share, 8), .accent) + f.share(share).right(8)
          + f.share(start.completion.value).right(12) + f.time(start.time.median.value).right(10)
          + paint(few, .warning))
      for rest in title.dropFirst() { line("    " + rest.shortened(to: width - 4)) }
    }
  }

  /// The table of steps: one row each, and what is remarkable about it beneath.
  mutating func steps(_ chart: Chart) {
    let f = chart.figures
    let titleWidth = width - 58
    section("The way they walked")
    line(
      paint(
        "  " + "Step".left(titleWidth + 3) + "Came here".right(10) + "of all".right(16)
          + "Left there".right(16) + "Time".right(10), .dim))
    for (index, column) in chart.columns.enumerated() {
      let step = column.step
      let mark = step.goal ? "◆" : column.momentOfTruth ? "★" : step.optional ? "○" : "●"
      let names = lines(column.title, to: titleWidth)
      let title = "\(mark) \(names[0])".left(titleWidth + 3)
      let drop = step.dropOffShare.value ?? 0
      line(
        "  " + (step.goal ? paint(title, .good) : title) + f.count(step.reached).right(10) + " "
          + paint(Self.bar(step.share.value ?? 0, 7), .accent)
          + f.share(step.share.value).right(8)
          + paint(
            step.dropOff == 0
              ? Figures.none.right(16)
              : f.count(step.dropOff).right(8) + f.share(step.dropOffShare.value).right(8),
            drop >= 0.2 ? .bad : .dim)
          + f.time(step.timeFromPrevious.median.value).right(10))
      for rest in names.dropFirst() { line("    " + rest) }
      let remarks = remarks(chart, index)
      if !remarks.isEmpty { paragraph(remarks.joined(separator: " · "), indent: 4, ink: .dim) }
    }
    paragraph(
      "● step ○ optional ★ moment of truth ◆ goal. Time is the median from the step before.",
      ink: .dim)
  }

  /// What is remarkable about a step, in words.
  private func remarks(_ chart: Chart, _ index: Int) -> [String] {
    let (column, f) = (chart.columns[index], chart.figures)
    var remarks: [String] = []
    if let promise = column.expectations.first {
      let late =
        column.step.promised > 0 ? f.share(column.step.late, of: column.step.promised) : nil
      remarks.append(
        "promised \(chart.promise(promise))" + (late.map { ", late \($0)" } ?? ""))
    }
    remarks += chart.deviations(of: column).filter { $0.label != "late" }
      .map { "\($0.label) \($0.number)" }
    let feeling = chart.feeling(of: column)
    if feeling.value != nil {
      let designed = chart.designedFeeling(of: column).map { ", designed \(f.score($0))" } ?? ""
      remarks.append("feels \(f.score(feeling.value))\(designed) (\(f.basis(feeling.count)))")
    }
    let tickets = chart.tickets(of: column)
    if tickets.open > 0 { remarks.append(chart.words(tickets)) }
    if let pain = column.pains.first {
      remarks.append(pain.isEmpty || pain == "true" ? "known pain" : "known pain: \(pain)")
    }
    if column.step.reached > 0, column.step.reached < Figures.few { remarks.append("few cases") }
    return remarks
  }

  /// What cases that dropped off did next, for the steps that lost most.
  mutating func wentNext(_ chart: Chart) {
    let losing = chart.columns.filter { $0.step.dropOff > 0 && !$0.step.wentNext.isEmpty }
      .sorted { $0.step.dropOff > $1.step.dropOff }.prefix(4)
    guard !losing.isEmpty else { return }
    section("Where those went who dropped off")
    for column in losing {
      let next = column.step.wentNext.prefix(3).map { passage in
        "\(chart.label(passage)) \(chart.figures.share(passage.cases, of: column.step.dropOff))"
      }
      item("After \(column.title): \(next.joined(separator: ", ")).", mark: "↳")
    }
  }

  /// How well the cases fit the design.
  mutating func conformance(_ chart: Chart) {
    let (c, f) = (chart.measured.conformance, chart.figures)
    guard c.cases > 0 else { return }
    section("As designed?")
    paragraph(
      "Fitness \(f.fitness(c.fitness)), where 1 is exactly as designed"
        + (c.fitnessCompleted.map { "; \(f.fitness($0)) if the goal was reached" } ?? "")
        + " (\(f.count(c.cases, "closed case", "closed cases")),"
        + " \(f.count(c.variantCount, "way", "different ways"))).")
    let verdicts = chart.verdicts.filter { $0.count > 0 }
      .map { "\($0.label) \(f.share($0.count, of: c.cases))" }
    if !verdicts.isEmpty { paragraph(verdicts.joined(separator: " · ")) }
    for variant in c.variants.prefix(3) {
      item(
        variant.touchpoints.map { chart.title(of: $0) }.joined(separator: " → ")
          + " (\(f.count(variant.cases, "case", "cases")),"
          + " \(f.share(variant.completed, of: variant.cases)) completed)",
        mark: "→")
    }
  }

  /// What cases met that the map does not show.
  mutating func offMap(_ chart: Chart) {
    let passages = chart.measured.offMap.prefix(MapText.mostItems)
    guard !passages.isEmpty else { return }
    section("Met on the way, not on this map")
    paragraph(
      passages.map { "\(chart.label($0)) \(chart.figures.count($0.cases))" }
        .joined(separator: " · "))
  }

  /// Targets with their verdict as a mark and in words.
  mutating func targets(_ chart: Chart) {
    guard !chart.measured.targets.isEmpty else { return }
    section("Targets")
    for target in chart.measured.targets {
      let ink: Ink =
        switch target.verdict {
        case .met: .good
        case .missed: .bad
        case .uncertain, .noData: .warning
        }
      let footing = chart.figures.footing(target.measured) {
        chart.show($0, metric: target.metric)
      }
      item(
        "\(target.verdict.rawValue): \(chart.label(target))"
          + " \(chart.show(target.measured.value, metric: target.metric)),"
          + " wanted \(chart.limit(target)) (\(footing))",
        mark: target.verdict.mark, ink: ink)
    }
  }

  /// The steps to look at first, in sentences.
  mutating func attention(_ chart: Chart) {
    section("Look here first")
    let steps = chart.measured.attention.filter { $0.weight > 0 }.prefix(MapText.mostItems)
    guard !steps.isEmpty else {
      paragraph("No step stands out.")
      return
    }
    for (number, step) in steps.enumerated() {
      let gain = chart.gain(step).map { " (\($0))" } ?? ""
      let reasons = step.reasons.map { chart.sentence($0).cleaned }
      item(
        "\(step.title.asTitle)\(gain): " + reasons.joined(separator: " "),
        mark: "\(number + 1).", ink: .bold)
    }
    paragraph(Chart.gainRule, ink: .dim)
  }
}

extension Chart {
  /// A passage's title; what `nothing` means in words.
  func label(_ passage: Passage) -> String {
    passage.name == Passage.nothing ? "nothing more" : passage.title.asTitle
  }
}
