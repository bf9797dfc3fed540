import Events
import Experience

extension Survey {
  /// When and by what people are asked, in a few words.
  var asked: String {
    guard let occasion else { return "by its link" }
    let how = channels.map(\.rawValue).joined(separator: ", ")
    return occasion.text + (how.isEmpty ? "" : ", by \(how)")
  }

  /// The whole survey for a terminal.
  var lines: [String] {
    var lines = ["\(title) (\(name), \(kind.rawValue))", "", ask.text(in: nil)]
    if kind.isScored {
      let better = direction == .higher ? scale.upperBound : scale.lowerBound
      lines.append("  \(scale.lowerBound) to \(scale.upperBound); \(better) is best")
      if let ends {
        lines.append("  \(scale.lowerBound): \(ends.low.text(in: nil))")
        lines.append("  \(scale.upperBound): \(ends.high.text(in: nil))")
      }
    }
    lines += options.map { "  \($0.name): \($0.say.text(in: nil))" }
    if !elements.isEmpty {
      lines += [
        "", "Rated by themselves, \(elementScale.lowerBound) to \(elementScale.upperBound):",
      ]
      lines += elements.map { "  \($0.name): \($0.ask.text(in: nil))" }
    }
    if !questions.isEmpty {
      lines += ["", "Asked further:"]
      for question in questions {
        let when = question.when.map(\.text).joined(separator: " and ")
        let condition = when.isEmpty ? "" : " (when \(when))"
        lines.append("  \(question.name): \(question.ask.text(in: nil))\(condition)")
      }
    }
    let languages = ask.codes.joined(separator: ", ")
    lines += ["", "Asked: \(asked)"]
    if !languages.isEmpty { lines.append("Languages: \(languages)") }
    if let about { lines.append("About: \(about)") }
    if let audienceName { lines.append("Of: \(audienceName)") }
    if let loop {
      let when = loop.when.map(\.text).joined(separator: " and ")
      lines.append("Seen to when \(when)\(loop.team.map { ", by \($0)" } ?? "")")
    }
    return lines
  }
}

extension Survey.Occasion {
  fileprivate var text: String {
    switch self {
    case .touchpoint(let name): "after \(name)"
    case .outcome(let journey, let outcome): "after \(journey) is \(outcome.rawValue)"
    case .late(let journey, let touchpoint): "when \(touchpoint) of \(journey) is late"
    case .every(let span): "every \(span)"
    }
  }
}

extension Survey.Condition {
  fileprivate var text: String {
    switch values {
    case .within(let range): "\(question) is \(range.lowerBound) to \(range.upperBound)"
    case .oneOf(let options): "\(question) is \(options.joined(separator: " or "))"
    }
  }
}
