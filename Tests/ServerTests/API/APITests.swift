import Accounts
import Events
import HTTPTypes
import Hummingbird
import Testing

@testable import Server

@Suite struct `The API` {
  private var described: [(route: Route, operation: Server.Operation)] {
    WaymarkServer.routes.compactMap { route in route.operation.map { (route, $0) } }
  }

  @Test func `has no address without a description`() {
    let addresses = WaymarkServer.routes.filter { $0.path.hasPrefix(Route.apiRoot + "/") }
    #expect(addresses.count > 50)
    for route in addresses { #expect(route.operation != nil, "\(route.method) \(route.path)") }
  }

  @Test func `describes the parameters that stand in its paths, and no others`() {
    for (route, operation) in described {
      let written = route.path.split(separator: "/").filter { $0.hasPrefix("{") }
        .map { String($0.dropFirst().dropLast()) }
      let parameters = operation.parameters.filter { $0.place == .path }
      #expect(parameters.map(\.name) == written, "\(route.path)")
      #expect(parameters.allSatisfy { $0.presence == .required })
    }
  }

  @Test func `gives every operation a name of its own, and words`() {
    #expect(Set(described.map(\.operation.name)).count == described.count)
    for (_, operation) in described {
      #expect(!operation.summary.isEmpty && !operation.summary.hasSuffix("."))
      #expect(operation.meaning.isEmpty || operation.meaning.hasSuffix("."), "\(operation.name)")
    }
  }

  @Test func `takes and gives what its examples show`() throws {
    for (_, operation) in described {
      for content in operation.gives {
        try content.schema.check(content.schema.sample, at: "")
      }
      for parameter in operation.parameters {
        guard let example = parameter.schema.example else { continue }
        try parameter.schema.check(example, at: parameter.name)
      }
    }
    let takers = described.compactMap { each in each.operation.takes }
    #expect(takers.count > 10)
    for schema in takers { try schema.check(schema.sample, at: "") }
  }

  @Test func `means one form by one name`() {
    var forms: [String: JSONValue] = [:]
    func look(_ schema: Schema, _ seen: Set<String> = []) {
      switch schema.kind {
      case .component(let name, let form):
        let form = form()
        if let known = forms[name] { #expect(known == form.document, "\(name)") }
        forms[name] = form.document
        if !seen.contains(name) { look(form, seen.union([name])) }
      case .list(let item, _): look(item, seen)
      case .map(let value): look(value, seen)
      case .object(let fields, _, _): fields.forEach { look($0.schema, seen) }
      default: return
      }
    }
    for (_, operation) in described {
      (operation.gives.map(\.schema) + [operation.takes].compactMap(\.self)).forEach { look($0) }
    }
    #expect(forms.count > 30)
    let components = APIRoutes.document["components"]?["schemas"]
    for (name, form) in forms { #expect(components?[name] == form, "\(name)") }
  }

  @Test func `documents every status of a problem that it may answer`() {
    let known = Set(APIDocument.problems.map(\.status))
    for (_, operation) in described { #expect(operation.allProblems.isSubset(of: known)) }
  }

  @Test func `does what makes something once for every key`() {
    for (route, operation) in described where operation.status == .created {
      #expect(route.method == .post && operation.repetition == .once, "\(route.path)")
      #expect(operation.parameters.contains { $0.name == "Idempotency-Key" })
    }
  }
}

@Suite struct `The methods of an address` {
  @Test(arguments: [
    ("/api/v1/members", ["GET", "POST"]), ("/api/v1/members/1", ["DELETE", "GET", "PATCH"]),
    ("/api/v1/nothing", []), ("/api/v1/members/1/2/3", []), ("/health", ["GET"]),
  ])
  func `are those of its routes`(path: String, methods: [String]) {
    #expect(WaymarkServer.routes.methods(at: path).map(\.rawValue).sorted() == methods)
  }
}
