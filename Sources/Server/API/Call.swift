import Accounts
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Store

/// One request of the API that has the form which its operation describes.
struct Call: Sendable {
  let visit: Visit
  let operation: Operation
  /// The type of the answer that was asked for.
  let type: String
  let bytes: [UInt8]

  var workspace: Workspace { visit.workspace }
  var store: Store { visit.workspace.store }

  /// Reads a request.
  ///
  /// - Throws: `request.value` for a parameter of another form, `request.unknown` for one that there
  ///   is not; 406, 413, 415.
  init(_ visit: Visit, _ operation: Operation) async throws {
    self.visit = visit
    self.operation = operation
    type = try Self.type(of: operation, for: visit.request.headers[.accept])
    try Self.check(visit, operation)
    guard operation.takes != nil else {
      bytes = []
      return
    }
    try Self.checkType(visit.request.headers[.contentType])
    bytes = try await visit.body(upTo: operation.longest)
  }

  /// The value that the request brings.
  ///
  /// - Throws: `body.json` where it is no JSON, `request.value` where it has another form.
  func body<Value: Taken>() throws -> Value {
    let value: JSONValue
    do throws(Refusal) { value = try JSONValue(bytes) } catch {
      throw Problem(.badRequest, error)
    }
    try Value.schema.check(value, at: "")
    return Value(value)
  }

  /// Who asks.
  func principal() throws(Problem) -> Principal { try visit.principal() }

  /// A number in the path, which has been checked.
  func number(_ name: String) throws(Refusal) -> Int { try visit.number(name) }

  private static func check(_ visit: Visit, _ operation: Operation) throws {
    for parameter in operation.parameters where parameter.place == .path {
      do {
        try parameter.schema.check(parameter: visit.parameter(parameter.name), parameter.name)
      } catch {
        throw Problem(.notFound, error)
      }
    }
    let known = operation.parameters.filter { $0.place == .query }
    for (name, value) in (visit.request.uri.query?.formFields ?? [:]).sorted(by: { $0.key < $1.key }
    ) {
      guard let parameter = known.first(where: { $0.name == name }) else {
        let names = known.map(\.name)
        throw Refusal(
          "request.unknown", problem: "There is no parameter “\(name.prefix(80))”.",
          remedy: names.isEmpty
            ? "Leave it out." : "The parameters are \(names.joined(separator: ", ")).")
      }
      try parameter.schema.check(parameter: value, name)
    }
    for parameter in operation.parameters where parameter.place == .header {
      guard let name = HTTPField.Name(parameter.name), let value = visit.request.headers[name]
      else { continue }
      try parameter.schema.check(parameter: value, parameter.name)
    }
  }

  private static func checkType(_ type: String?) throws(Problem) {
    let parts = (type ?? "").lowercased().split(separator: ";")
      .map { $0.trimmingCharacters(in: .whitespaces) }
    let isText = parts.dropFirst().allSatisfy {
      !$0.hasPrefix("charset=") || ["charset=utf-8", "charset=\"utf-8\""].contains($0)
    }
    guard parts.first == "application/json", isText else {
      throw Problem(
        .unsupportedMediaType,
        Refusal(
          "body.type", problem: "The body is “\((type ?? "").prefix(80))”.",
          remedy: "Send JSON as application/json, in UTF-8."))
    }
  }

  /// The type that is wanted most among those that there are.
  ///
  /// - SeeAlso: RFC 9110, section 12.5.1.
  private static func type(of operation: Operation, for accept: String?) throws(Problem) -> String {
    let types = operation.gives.map(\.type)
    guard let first = types.first, let accept else { return types.first ?? "" }
    var wanted: [(type: String, quality: Double)] = []
    for part in accept.lowercased().split(separator: ",") {
      let fields = part.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
      guard let range = fields.first else { continue }
      let quality = fields.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) }
      wanted.append((range, (quality ?? 1) ?? 0))
    }
    /// How much a type is wanted: what names it exactly counts before what names it in general.
    func quality(_ type: String) -> Double {
      let general = String(type.prefix { $0 != "/" }) + "/*"
      let match = [type, general, "*/*"].compactMap { range in wanted.first { $0.type == range } }
      return match.first?.quality ?? 0
    }
    var best = first
    for type in types where quality(type) > quality(best) { best = type }
    guard wanted.isEmpty || quality(best) > 0 else {
      throw Problem(
        .notAcceptable,
        Refusal(
          "answer.type", problem: "There is no answer as “\(accept.prefix(80))”.",
          remedy: "Accept \(types.joined(separator: " or "))."))
    }
    return best
  }
}
