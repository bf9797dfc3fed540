import Accounts

extension SurveyKey {
  /// Where a survey's open link stands, which its answers tell.
  public enum Via: String, Sendable, CaseIterable { case link, page, print }

  /// The open link of a survey, by which anybody may answer it.
  ///
  /// - Parameter address: how people reach the server: `https://journeys.example.com`.
  public func openLink(of survey: String, at address: String, via: Via = .link) -> String {
    let link = "\(address)/survey/\(survey.urlEncoded)?t=\(openToken(of: survey))"
    return via == .link ? link : "\(link)&via=\(via.rawValue)"
  }
}
