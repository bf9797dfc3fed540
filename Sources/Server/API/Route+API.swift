import Accounts
import Events
import HTTPTypes
import Hummingbird

extension Route {
  /// Where the API lies; a version that is not compatible would lie beside it.
  static let apiRoot = "/api/v1"

  /// A route of the API that answers with a value.
  static func api<Value: Given>(
    _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, _ operation: Operation,
    giving handle: @escaping @Sendable (Call) async throws -> Value
  ) -> Route {
    var operation = operation
    operation.gives = [.init(type: "application/json", schema: .of(Value.self))]
    return api(method, path, permission, operation) { [status = operation.status] call in
      try Reply(try await handle(call), status: status)
    }
  }

  /// A route of the API that takes one value, and answers with another.
  static func api<Input: Taken, Value: Given>(
    _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, _ operation: Operation,
    taking handle: @escaping @Sendable (Call, Input) async throws -> Value
  ) -> Route {
    var operation = operation
    operation.takes = .of(Input.self)
    operation.gives = [.init(type: "application/json", schema: .of(Value.self))]
    return api(method, path, permission, operation) { [status = operation.status] call in
      try Reply(try await handle(call, try call.body()), status: status)
    }
  }

  /// A route of the API that takes a value, and answers in several types.
  static func api<Input: Taken>(
    _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, _ operation: Operation,
    gives: [Operation.Content],
    taking handle: @escaping @Sendable (Call, Input) async throws -> Reply
  ) -> Route {
    var operation = operation
    operation.takes = .of(Input.self)
    operation.gives = gives
    return api(method, path, permission, operation) { call in
      try await handle(call, try call.body())
    }
  }

  /// A route of the API that answers in several types.
  static func api(
    _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, _ operation: Operation,
    gives: [Operation.Content], handle: @escaping @Sendable (Call) async throws -> Reply
  ) -> Route {
    var operation = operation
    operation.gives = gives
    return api(method, path, permission, operation, handle)
  }

  /// A route of the API that does something and says only that it is done.
  static func api(
    _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, _ operation: Operation,
    doing handle: @escaping @Sendable (Call) async throws -> Void
  ) -> Route {
    var operation = operation
    operation.status = .noContent
    return api(method, path, permission, operation) { call in
      try await handle(call)
      return .done
    }
  }

  private static func api(
    _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, _ operation: Operation,
    _ handle: @escaping @Sendable (Call) async throws -> Reply
  ) -> Route {
    var operation = operation
    operation.parameters = operation.pathParameters(path) + operation.parameters
    if operation.repetition == .once { operation.parameters.append(.repetition) }
    let whole = operation
    var route = Route(method, apiRoot + path, .permitted(permission)) { visit in
      let call = try await Call(visit, whole)
      do { return try await call.once { try await handle(call) }.response } catch let refusal
        as Refusal
      {
        throw whole.problem(refusal)
      }
    }
    route.operation = whole
    return route
  }
}

extension Operation {
  /// What a refusal is here: a name that there is not is missing where it stands in the path, and a
  /// value that can't be taken anywhere else.
  fileprivate func problem(_ refusal: Refusal) -> Problem {
    let problem = Problem(refusal)
    return allProblems.contains(problem.status)
      ? problem : Problem(.unprocessableContent, refusal)
  }

  /// The parameters of a path, as they stand in it.
  fileprivate func pathParameters(_ path: String) -> [Parameter] {
    path.split(separator: "/").compactMap { part in
      guard part.hasPrefix("{"), part.hasSuffix("}") else { return nil }
      let name = String(part.dropFirst().dropLast())
      return Parameter.inPaths[name].map {
        Parameter(name: name, place: .path, schema: $0, presence: .required)
      }
    }
  }

  /// The operation as one that makes something: 201, and done once however often it is sent.
  func making() -> Operation {
    var operation = self
    operation.status = .created
    operation.repetition = .once
    operation.headers["Location"] = "Where it lies from now on."
    return operation
  }

  /// The operation as one that is done once however often it is sent.
  func once() -> Operation {
    var operation = self
    operation.repetition = .once
    return operation
  }
}

extension [Route] {
  /// The methods that some route takes at a path.
  func methods(at path: String) -> [HTTPRequest.Method] {
    let parts = path.split(separator: "/")
    return filter { route in
      let pattern = route.path.split(separator: "/")
      return pattern.count == parts.count
        && zip(pattern, parts).allSatisfy { $0 == $1 || ($0.hasPrefix("{") && $0.hasSuffix("}")) }
    }.map(\.method)
  }
}
