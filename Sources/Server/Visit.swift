import Accounts
import Events
import Foundation
import Hummingbird
import Pages

/// One request with all that answering it needs.
struct Visit: Sendable {
  let request: Request
  let context: ServerContext
  let workspace: Workspace
  let visitor: Visitor

  /// The parameter of the route's path.
  func parameter(_ name: String) -> String {
    let raw = context.parameters.get(name) ?? ""
    return raw.removingPercentEncoding ?? raw
  }

  /// The value of a field of the address's query, written as forms write it; nil where it is
  /// missing or empty.
  func query(_ name: String) -> String? {
    guard let value = request.uri.query?.formFields[name], !value.isEmpty else { return nil }
    return value
  }

  /// All fields of the address's query in their order, also those that come more than once.
  var queryFields: [(name: String, value: String)] { request.uri.query?.formPairs ?? [] }

  /// The bytes of the body.
  ///
  /// - Throws: 413 where it is longer than that.
  func body(upTo limit: Int) async throws -> [UInt8] {
    var body = try await request.body.collect(upTo: limit)
    return body.readBytes(length: body.readableBytes) ?? []
  }

  /// The fields of a form that was sent; of a field that came twice, the last.
  func form(upTo limit: Int = 1 << 20) async throws -> [String: String] {
    let text = String(decoding: try await body(upTo: limit), as: UTF8.self)
    return text.formFields
  }

  /// Whether a person's browser asks, rather than a program.
  var wantsPage: Bool {
    request.headers[.accept]?.contains("text/html") == true && !request.uri.path.hasPrefix("/api/")
  }

  /// Whether a live part of the page is asked for, rather than the page.
  var wantsPart: String? { request.headers[.part] }

  /// What stands around the page that answers.
  func frame(_ part: Frame.Part?) -> Frame {
    Frame(
      part: part, parts: visitor.parts, person: visitor.principal?.name, theme: theme,
      formToken: visitor.formToken)
  }

  private var theme: Frame.Theme {
    cookie("waymark_theme").flatMap(Frame.Theme.init) ?? .auto
  }

  /// The value of a cookie.
  func cookie(_ name: String) -> String? { request.cookies[name]?.value }
}

extension String {
  /// The fields of a form as browsers write it; of a field that came twice, the last.
  var formFields: [String: String] {
    Dictionary(formPairs.map { ($0.name, $0.value) }) { $1 }
  }

  /// The fields of a form as browsers write it, in their order.
  var formPairs: [(name: String, value: String)] {
    split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (parts[0].formDecoded, parts.count == 2 ? parts[1].formDecoded : "")
    }
  }
}

extension Substring {
  /// A text as forms write it: `+` is a blank, `%XX` a byte.
  fileprivate var formDecoded: String {
    let spaced = replacing("+", with: " ")
    return String(spaced).removingPercentEncoding ?? String(spaced)
  }
}
