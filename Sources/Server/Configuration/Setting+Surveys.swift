extension Setting {
  /// How customers are asked.
  static let surveys: [Setting] = [
    .whole(
      "surveys.seconds", \.surveySeconds, 1...86_400,
      "How often it is looked who is to be asked, and mail is sent, in seconds."),
    Setting(
      "surveys.origins", "The sites whose pages may show surveys, by survey.js.",
      allowed: "addresses such as https://www.example.com, without a path", isList: true
    ) {
      $0.surveyOrigins
    } change: { configuration, texts in
      guard texts.count <= 100, texts.allSatisfy(isOrigin) else { return false }
      configuration.surveyOrigins = texts
      return true
    },
  ]

  /// Whether a text is a scheme, a name and perhaps a port: nothing that could end a header's list.
  private static func isOrigin(_ text: String) -> Bool {
    text.wholeMatch(of: /https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?/) != nil
  }
}
