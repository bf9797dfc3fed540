extension Setting {
  /// How customers are asked.
  static let surveys: [Setting] = [
    .whole(
      "surveys.seconds", \.surveySeconds, 1...86_400,
      "How often it is looked who is to be asked, and mail is sent, in seconds.")
  ]
}
