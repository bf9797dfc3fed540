import Experience
import Statistics

extension Linkage {
  /// A row for each correlation, then one for each team in each interval.
  public var table: AnswerTable {
    let measure: AnswerTable.Measure = metric == .csat || metric == .topBox ? .share : .number
    var table = AnswerTable([
      .init("team", .key), .init("interval", .key), .init("customers", .count),
      .init("score", .number), .init("low", .number), .init("high", .number),
      .init("employees", .count), .init("employee_score", measure),
      .init("employee_score_low", measure), .init("employee_score_high", measure),
      .init("answers", .count), .init("correlation", .number), .init("correlation_low", .number),
      .init("correlation_high", .number), .init("pairs", .count), .init("note", .note),
    ])
    guard !rows.isEmpty else { return table }
    for correlation in correlations {
      table.add(
        [.text(Self.everything), .text(name(of: correlation)), .count(tally.counted)]
          + [AnswerTable.Cell](repeating: .none, count: 8) + cells(correlation.coefficient)
          + [
            .count(correlation.coefficient.count),
            .text(
              ([note(of: correlation)] + (correlation.lag == 0 ? warnings.dropFirst() : []))
                .joined(separator: "; ")),
          ])
    }
    for row in rows {
      let employees = row.employeeScore
      table.add(
        [.text(row.team), .text(row.interval), .count(row.customers)] + cells(row.score)
          + [employees.map { .count($0.count) } ?? .none] + cells(employees ?? .none)
          + [.count(row.score.count)] + [AnswerTable.Cell](repeating: .none, count: 4)
          + [row.note.map { .text($0) } ?? .none])
    }
    return table
  }

  /// The coefficient in words, for it is what people look for, and what it can't say.
  private func note(of correlation: Correlation) -> String {
    let found = correlation.coefficient
    var words: [String] = []
    if let value = found.value {
      let ends = found.low.flatMap { low in found.high.map { " (\(low.brief) to \($0.brief))" } }
      words.append("ρ \(value.brief)\(ends ?? "")")
      words.append("\(found.count) pairs of \(correlation.teams) teams")
    }
    return (words + [correlation.note].compactMap(\.self) + warnings.prefix(1))
      .joined(separator: "; ")
  }

  private func cells(_ estimate: Estimate) -> [AnswerTable.Cell] {
    [.optional(estimate.value), .optional(estimate.low), .optional(estimate.high)]
  }

  private func name(of correlation: Correlation) -> String {
    correlation.lag == 0
      ? "same \(interval.rawValue)" : "\(interval.rawValue) later"
  }

  /// What both come to, at a glance.
  public var summary: String? {
    rows.isEmpty ? nil : correlations.first.map { note(of: $0) }
  }
}

extension Linkage {
  /// Teams by both scores, and each score over time, all from 1, the worst, to 5, the best.
  public var picture: AnswerPicture? {
    guard !rows.isEmpty else { return nil }
    let axis = rows.prefix { $0.team == rows[0].team }.map(\.interval)
    let teams = stride(from: 0, to: rows.count, by: axis.count).map {
      rows[$0..<($0 + axis.count)]
    }
    func felt(_ row: Row) -> Double? {
      row.employeeScore?.value.map { employees.feeling(ofFigure: $0) }
    }
    func lines(_ name: String, _ value: (Row) -> Double?) -> AnswerPicture.Part {
      let lines = teams.map { team in
        AnswerPicture.Line(team.first?.team ?? "", team.map(value))
      }
      return .init(name: name, picture: .lines(title: name, axis: axis, lines: lines))
    }
    let points = teams.compactMap { team -> AnswerPicture.Matrix.Point? in
      let (own, customers) = (team.compactMap(felt), team.compactMap(\.score.value))
      guard let name = team.first?.team, !own.isEmpty, !customers.isEmpty else { return nil }
      return .init(name, across: own.mean, up: customers.mean)
    }
    var parts = [lines("Employees", felt), lines("Customers", \.score.value)]
    if points.count > 1 {
      let matrix = AnswerPicture.Matrix(
        across: "employees", up: "customers", cutAcross: points.map(\.across).mean,
        cutUp: points.map(\.up).mean,
        corners: [
          "only customers above the mean", "both above the mean", "both below the mean",
          "only employees above the mean",
        ], points: points)
      parts.insert(
        .init(
          name: "Teams, by the means of their intervals",
          picture: .matrix(title: "Teams", matrix)), at: 0)
    }
    return .several(
      title: "Employees and customers, from 1, the worst, to 5, the best", parts: parts)
  }
}

extension [Double] {
  fileprivate var mean: Double { reduce(0, +) / Double(Swift.max(1, count)) }
}

extension Linkage.Row {
  /// What should be known of it; that teams are small is known.
  var note: String? {
    var words: [String] = []
    if employeeScore == nil { words.append("employees not shown") }
    if score.count > 0, ScoreBase(score.count) != .enough {
      words.append("customers: \(ScoreBase(score.count).rawValue)")
    }
    return words.isEmpty ? nil : words.joined(separator: "; ")
  }
}

extension Double {
  /// With two digits behind the point.
  fileprivate var brief: String {
    let hundredths = Int((abs(self) * 100).rounded())
    let sign = self < 0 && hundredths > 0 ? "−" : ""
    return "\(sign)\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
  }
}
