import Events
import Experience

/// A survey in a sentence: what is asked when, of whom.
struct SurveyWords {
  let survey: Survey
  let experience: Experience

  /// “NPS · 1d after Parcel received · by mail · of frequent_shoppers · 50 % of them”.
  var line: String {
    var words = [kind]
    words.append(moment)
    if survey.occasion != nil {
      words.append("by " + survey.channels.map(\.rawValue).joined(separator: " or "))
    }
    if let audience = survey.audienceName { words.append("of " + audience) }
    if survey.respondents != .customers { words.append("of " + survey.respondents.rawValue) }
    if survey.share < 1 { words.append("\((survey.share * 100).formattedShare) % of them") }
    return words.joined(separator: " · ")
  }

  private var kind: String {
    switch survey.kind {
    case .nps, .csat, .ces: survey.kind.rawValue.uppercased()
    case .rating: "Rating"
    case .choice: "Choice"
    case .text: "In words"
    }
  }

  private var moment: String {
    let wait = survey.wait.milliseconds > 0 ? "\(survey.wait.short) after " : "after "
    return switch survey.occasion {
    case nil: "by link, or imported"
    case .touchpoint(let name)?: wait + (experience.touchpoint(name)?.title ?? name)
    case .outcome(let journey, let outcome)?:
      wait + "“\(experience.journey(journey)?.title ?? journey)” is \(outcome.rawValue)"
    case .late(_, let touchpoint)?:
      wait + "\(experience.touchpoint(touchpoint)?.title ?? touchpoint) is late"
    case .every(let span)?: "every \(span.short)"
    }
  }
}

extension Double {
  /// A number of percent without needless digits.
  fileprivate var formattedShare: String {
    self == rounded() ? "\(Int(self))" : "\((self * 10).rounded() / 10)"
  }
}
