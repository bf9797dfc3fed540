/// What a client says in the fields of a form and in the query.
struct RequestForm {
  private let fields: [String: [UInt8]]
  private let query: [String: String]
  /// Whether the items come in a field of the form, or of the query.
  let isForm: Bool

  init(_ request: CollectionRequest, _ dialect: CollectionDialect) {
    query = request.query
    var fields: [String: [UInt8]] = [:]
    if dialect.takesForms, request.body.count <= CollectionLimits.body {
      let type = (request.contentType ?? "").prefix { $0 != ";" }.lowercased()
      if type == "application/x-www-form-urlencoded" && !request.body.beginsJSON
        || request.body.starts(with: "data=".utf8)
      {
        fields = formFields(request.body)
      } else if request.body.isEmpty, let data = query["data"] {
        fields = ["data": Array(data.utf8)]
      }
    }
    isForm = !fields.isEmpty
    self.fields = fields
  }

  /// A field of the form, or of the query.
  func text(_ name: String) -> String? {
    fields[name].map { String(decoding: $0, as: UTF8.self) } ?? query[name]
  }

  /// The body within the form, as JSON or as base64 of it; nil where there is no form.
  var payload: [UInt8]? {
    get throws(CollectionFailure) {
      guard isForm else { return nil }
      guard let data = fields["data"] else {
        throw CollectionFailure(
          status: 400, "form.data", problem: "The form has no field “data”.",
          remedy: "Send the events as JSON, or as base64 of it, in the field “data”.")
      }
      if data.beginsJSON { return data }
      guard let decoded = base64Decoded(data) else {
        throw CollectionFailure(
          status: 400, "form.data", problem: "The field “data” is neither JSON nor base64.",
          remedy: "Send the events as JSON, or as base64 of it, in the field “data”.")
      }
      return decoded
    }
  }

  /// How refusals are answered.
  var mode: CollectionMode {
    ["1", "true"].contains(text("strict") ?? "") ? .strict : .tolerant
  }

  /// What the client asked for in its answer.
  var style: AnswerStyle {
    AnswerStyle(
      listsAll: query["verdicts"] == "all", isVerbose: text("verbose") == "1", isForm: isForm)
  }
}

extension [UInt8] {
  /// Whether the first byte that is no blank begins an object or an array.
  fileprivate var beginsJSON: Bool {
    guard let first = first(where: { ![32, 10, 13, 9].contains($0) }) else { return false }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }
}

extension CollectionDialect {
  /// Whether clients of the dialect send forms.
  fileprivate var takesForms: Bool {
    switch self {
    case .posthog(.capture), .mixpanel: true
    default: false
    }
  }
}
