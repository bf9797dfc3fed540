import Engine
import Events
import Experience
import Statistics

extension MapPage {
  /// All about one step of a measured journey, section by section, as markup.
  ///
  /// - Parameter index: the step's index, which the journey has.
  package static func step(
    _ index: Int, _ measured: MeasuredJourney, of journey: Journey, in experience: Experience,
    links: MapLinks
  ) -> String {
    let chart = Chart(measured, of: journey, in: experience, links: links)
    let column = chart.columns[index]
    return [
      stepTiles(column, chart),
      pair(stepPains(column, chart), stepTimes(column, chart)),
      pair(stepBefore(column, chart), stepAfter(column, chart)),
      stepTouchpoints(column, chart),
    ].joined(separator: "\n")
  }

  /// The title of a step as it stands in headings.
  package static func title(
    ofStep index: Int, _ measured: MeasuredJourney, of journey: Journey, in experience: Experience
  ) -> String {
    Chart(measured, of: journey, in: experience).columns[index].title
  }

  private static func stepTiles(_ column: Chart.Column, _ chart: Chart) -> String {
    let (step, f) = (column.step, chart.figures)
    func linked(_ count: Int, _ figure: JourneyPlace.Figure) -> String {
      chart.linked(f.count(count), count, JourneyPlace(figure, step: step.index))
    }
    let tiles: [(String, String, [String?])] = [
      (
        "Came here", linked(step.reached, .reached),
        ["\(f.share(step.share.value)) of all cases", f.interval(step.share, f.share)]
      ),
      (
        "Met it", linked(step.cases, .met),
        [step.optional ? "optional by design" : "\(f.count(step.skipped)) passed without it"]
      ),
      (
        step.goal ? "Left here" : "Went no further", linked(step.dropOff, .droppedOff),
        [
          "\(f.share(step.dropOffShare.value)) of closed cases",
          f.interval(step.dropOffShare, f.share),
        ]
      ),
      ("Still open here", linked(step.open, .open), []),
      (
        "Feeling", f.score(chart.feeling(of: column).value),
        [
          chart.designedFeeling(of: column).map { "designed \(f.score($0))" },
          chart.feeling(of: column).value == nil
            ? "no scores given" : f.footing(chart.feeling(of: column), f.score),
        ]
      ),
    ]
    return "<dl class=\"tiles\">"
      + tiles.map { title, value, notes in
        "<div class=\"tile\"><dt>\(title)</dt><dd><div class=\"value\">\(value)</div>"
          + "<div class=\"note\">"
          + notes.compactMap(\.self).map { "<span class=\"figure\">\($0.escaped)</span>" }.joined()
          + "</div></dd></div>"
      }.joined() + "</dl>"
  }

  private static func stepPains(_ column: Chart.Column, _ chart: Chart) -> String {
    let rows = chart.deviations(of: column).map { deviation in
      "<tr><th scope=\"row\">\(deviation.label.asTitle)</th><td class=\"text\">"
        + (deviation.share > 0
          ? "\(bar(deviation.share, "worse")) \(figure(chart.figures.share(deviation.share)))" : "")
        + "</td><td>\(chart.linked(figure(deviation.number), 1, deviation.place))</td></tr>"
    }
    let known = column.pains.filter { !$0.isEmpty && $0 != "true" }
      .map { "<p class=\"pain\">▲ \(name($0, 240))</p>" }.joined()
    let list =
      rows.isEmpty
      ? "<p class=\"muted\">Every case met it as designed.</p>"
      : "<table class=\"list\"><tbody>\(rows.joined())</tbody></table>"
    return section("pains", "Pains and deviations", "<div class=\"card\">\(known)\(list)</div>")
  }

  private static func stepTimes(_ column: Chart.Column, _ chart: Chart) -> String {
    let (step, f) = (column.step, chart.figures)
    let times = step.timeFromPrevious
    var rows = [
      ("Median", f.time(times.median.value), f.interval(times.median, f.time) ?? ""),
      ("Nine of ten within", f.time(times.p90), f.basis(times.median.count)),
    ]
    for expectation in column.expectations {
      let late = f.share(step.late, of: step.promised)
      rows.append(
        (
          "Promised", chart.promise(expectation),
          step.promised == 0 ? "nobody could be checked" : "\(late) came later"
        ))
    }
    var table = rows.map {
      "<tr><th scope=\"row\">\($0.0)</th><td class=\"text\">\(name($0.1, 80))</td>"
        + "<td class=\"muted\">\($0.2.escaped)</td></tr>"
    }.joined()
    if step.promised > 0 {
      let place = JourneyPlace(.late, step: step.index)
      table +=
        "<tr><th scope=\"row\">Late</th><td class=\"text\">"
        + chart.linked(figure(f.count(step.late)), step.late, place)
        + "</td><td class=\"muted\">of \(f.count(step.promised)) with a promise</td></tr>"
    }
    return section(
      "times", "Time from the step before",
      "<div class=\"card\"><table class=\"list\"><tbody>\(table)</tbody></table></div>")
  }

  /// Where cases came from: the starting points of those that came this far.
  private static func stepBefore(_ column: Chart.Column, _ chart: Chart) -> String {
    let (step, f) = (column.step, chart.figures)
    let rows = chart.measured.starts.enumerated().map { position, start in
      let count = Chart.at(position, step.reachedByStart)
      let share = Double(count) / Double(max(1, step.reached))
      let place = JourneyPlace(.reached, step: step.index, start: start.touchpoint)
      return "<tr><th scope=\"row\"><span class=\"dot s\(position)\"></span>"
        + "\(name(start.title.asTitle, 40))</th><td class=\"text\">\(bar(share, "s\(position)")) "
        + "\(figure(f.share(share)))</td>"
        + "<td>\(chart.linked(figure(f.count(count)), count, place))</td></tr>"
    }
    let switched =
      step.channelSwitches == 0
      ? ""
      : "<p>"
        + chart.linked(
          figure(f.count(step.channelSwitches, "case", "cases")), step.channelSwitches,
          JourneyPlace(.switchedChannel, step: step.index))
        + " came here by another channel than to the step before.</p>"
    return section(
      "before", "Where they came from",
      "<div class=\"card\"><table class=\"list\"><tbody>\(rows.joined())</tbody></table>"
        + switched + "</div>")
  }

  private static func stepAfter(_ column: Chart.Column, _ chart: Chart) -> String {
    let (step, f) = (column.step, chart.figures)
    let rows = step.wentNext.prefix(mostItems).map { passage in
      let share = Double(passage.cases) / Double(max(1, step.dropOff))
      let place = chart.place(.next, step: step.index, passage)
      return "<tr><th scope=\"row\">\(name(chart.label(passage), 60))</th>"
        + "<td class=\"text\">\(bar(share)) \(figure(f.share(share)))</td>"
        + "<td>\(chart.linked(figure(f.count(passage.cases)), passage.cases, place))</td></tr>"
    }
    let list =
      rows.isEmpty
      ? "<p class=\"muted\">Nobody went no further.</p>"
      : "<table class=\"list\"><tbody>\(rows.joined())</tbody></table>"
    return section(
      "after", "Where those went who dropped off", "<div class=\"card\">\(list)</div>")
  }

  private static func stepTouchpoints(_ column: Chart.Column, _ chart: Chart) -> String {
    let f = chart.figures
    let cards = column.step.touchpoints.map { measured in
      let designed = column.touchpoints.first { $0.name == measured.name }
      let owners = chart.owners(of: designed.map { [$0] } ?? []).map(\.name)
      let sum = measured.channels.reduce(0) { $0 + $1.count }
      let channels = measured.channels.prefix(mostItems).map { use in
        "\(use.channel.cleaned.shortened(to: 40)) \(f.share(use.count, of: sum))"
      }
      let rows: [(String, String?)] = [
        ("Stage", measured.stage?.replacing("_", with: " ").asTitle),
        ("Held by", owners.isEmpty ? nil : owners.joined(separator: ", ")),
        ("Interactions", f.count(measured.interactions)),
        ("Cases that met it", f.count(measured.cases)),
        ("Channels", channels.isEmpty ? nil : channels.joined(separator: ", ")),
        ("Designed for", designed.map { $0.channels.joined(separator: ", ") }),
        (
          "Scores",
          measured.feeling.value.map { value in
            "\(f.score(value)) (\(f.footing(measured.feeling, f.score)))"
          }
        ),
        ("Value", measured.value == 0 ? nil : f.money(measured.value)),
        ("Cost", measured.cost == 0 ? nil : f.money(measured.cost)),
        ("Promise", designed?.expects.map { chart.promise($0) }),
        ("Backstage", designed.map { $0.backstage.joined(separator: ", ") }),
        ("Support", designed.map { $0.support.joined(separator: ", ") }),
        ("Event", designed?.rule?.description),
      ]
      let table = rows.compactMap { title, value -> String? in
        guard let value, !value.isEmpty else { return nil }
        return "<tr><th scope=\"row\">\(title)</th><td class=\"text\">\(name(value, 240))</td></tr>"
      }
      return "<div class=\"card\"><h3>\(name(measured.title.asTitle, 60))</h3>"
        + "<table class=\"list\"><tbody>\(table.joined())</tbody></table></div>"
    }
    return section(
      "touchpoints", column.step.touchpoints.count == 1 ? "The touchpoint" : "Its touchpoints",
      "<div class=\"pair\">\(cards.joined())</div>")
  }
}
