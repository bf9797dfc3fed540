import Accounts
import Events
import Logging
import Foundation
import HTTPTypes
import Store
import Synchronization
import Testing

@testable import Server

/// A server with all its routes, which say only that they were reached, and somebody of every kind.
private final class Gatehouse: Sendable {
  let port: Int
  let store: Store
  let admin: Principal
  private let serving: Task<Void, any Error>

  init(in folder: String) async throws {
    let routes = WaymarkServer.routes.map { route in
      Route(route.method, route.path, route.access) { visit in
        .text("reached by \(visit.visitor.principal?.name ?? "nobody")")
      }
    }
    var configuration = ServerConfiguration(
      folder: folder + "/data", experience: folder + "/e.yaml")
    configuration.port = 0
    configuration.logLevel = .critical
    let server = try WaymarkServer(configuration, routes: routes)
    store = server.workspace.store
    let (addresses, continuation) = AsyncStream.makeStream(of: String.self)
    serving = Task {
      try await server.run { address, setUp in
        continuation.yield(address)
        if let setUp { continuation.yield(setUp) }
      }
    }
    var port = 0
    var setUp: Secret?
    for await address in addresses {
      port = port == 0 ? address.split(separator: ":").last.flatMap { Int($0) } ?? 0 : port
      setUp = address.split(separator: "=").last.flatMap { Secret(String($0), kind: .setup) }
      if setUp != nil { break }
    }
    self.port = port
    let first = try store.setUp(
      try #require(setUp), email: "admin@example.com", name: "admin",
      password: PasswordHash(of: "a long passphrase"))
    admin = first.principal()
  }

  func stop() async {
    serving.cancel()
    _ = await serving.result
  }

  /// A member of a role, signed in.
  func member(_ role: Role, _ name: String? = nil) throws -> (Member, Secret) {
    let name = name ?? role.rawValue
    let (_, invitation) = try store.addMember(
      email: "\(name)@members.example.com", name: name, role: role, by: admin)
    let member = try store.acceptInvitation(
      invitation, password: try PasswordHash(of: "a long passphrase"))
    let (_, secret) = try store.signIn(
      email: member.email, password: "a long passphrase", browser: "test")
    return (member, secret)
  }

  /// What a request for a route leads to.
  func call(
    _ route: Route, _ headers: [String: String] = [:], form: String = ""
  ) throws -> Answer {
    var path = route.path
    while let start = path.firstIndex(of: "{"), let end = path.firstIndex(of: "}") {
      path.replaceSubrange(start...end, with: "1")
    }
    var headers = headers
    if !form.isEmpty { headers["Content-Type"] = "application/x-www-form-urlencoded" }
    return try Answer(route.method.rawValue, path, port: port, headers: headers, body: form)
  }

  /// The headers of a browser with a session, and of a form of its pages.
  func headers(_ session: Secret, form: Secret? = nil) -> [String: String] {
    var headers = ["Cookie": "waymark_session=\(session.revealed())"]
    if let form { headers["X-CSRF-Token"] = form.pageToken() }
    return headers
  }
}

@Suite(.serialized) struct `Access to routes` {
  private func withGatehouse(_ body: (Gatehouse) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("waymark-access-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let gatehouse = try await Gatehouse(in: folder)
    let result = await Result { try await body(gatehouse) }
    await gatehouse.stop()
    try FileManager.default.removeItem(atPath: folder)
    try result.get()
  }

  /// What somebody with some permissions meets at a route.
  private func expected(_ route: Route, _ permissions: Set<Permission>?) -> Int {
    switch route.access {
    case .open, .writeKey: 200
    case .permitted(let permission):
      permissions.map { $0.contains(permission) ? 200 : 403 } ?? 401
    }
  }

  @Test func `is what each route says, for everybody`() async throws {
    try await withGatehouse { house in
      var callers: [(String, Set<Permission>?, [String: String])] = [("nobody", nil, [:])]
      for role in Role.allCases {
        let (_, secret) = try house.member(role)
        callers.append(
          (role.rawValue, role.permissions, house.headers(secret, form: secret)))
      }
      for scope in Scope.allCases {
        let (_, secret) = try house.store.addToken(scope.rawValue, scopes: [scope], by: house.admin)
        callers.append(
          (
            "token \(scope)", scope.permissions,
            ["Authorization": "Bearer \(secret.revealed())"]
          ))
      }
      let (_, key) = try house.store.addWriteKey("key", by: house.admin)
      callers.append(("write key", nil, ["Authorization": "Bearer \(key.revealed())"]))
      callers.append(("no token", nil, ["Authorization": "Bearer wt_nothing"]))
      #expect(WaymarkServer.routes.count > 30)
      for route in WaymarkServer.routes {
        for (name, permissions, headers) in callers {
          let answer = try house.call(route, headers)
          #expect(
            answer.status == expected(route, permissions),
            "\(name): \(route.method) \(route.path): \(answer.body)")
          #expect(answer.body.contains("reached") == (answer.status == 200))
        }
      }
    }
  }

  @Test func `asks for a form of the same session wherever something changes`() async throws {
    try await withGatehouse { house in
      let (_, own) = try house.member(.admin, "one")
      let (_, other) = try house.member(.admin, "two")
      let changing = WaymarkServer.routes.filter { route in
        guard case .permitted = route.access else { return false }
        return ![.get, .head].contains(route.method)
      }
      #expect(changing.count > 10)
      let wrong = String(repeating: "A", count: 64)
      for route in changing {
        func status(_ headers: [String: String], form: String = "") throws -> Int {
          try house.call(route, house.headers(own).merging(headers) { $1 }, form: form).status
        }
        let page = own.pageToken()
        #expect(try status([:]) == 403)
        #expect(try status([:], form: "csrf=\(wrong)") == 403)
        #expect(try status([:], form: "csrf=\(other.pageToken())") == 403)
        #expect(try status(["X-CSRF-Token": other.pageToken()]) == 403)
        #expect(try status(["Sec-Fetch-Site": "cross-site"], form: "csrf=\(page)") == 403)
        #expect(try status(["Origin": "https://evil.example"], form: "csrf=\(page)") == 403)
        #expect(try status([:], form: "csrf=\(page)") == 200)
      }
    }
  }

  @Test func `ends with what was revoked, has expired or was disabled`() async throws {
    try await withGatehouse { house in
      let route = try #require(WaymarkServer.routes.first { $0.path == "/metrics" })
      func status(_ headers: [String: String]) throws -> Int {
        try house.call(route, headers).status
      }
      func bearer(_ secret: Secret) -> [String: String] {
        ["Authorization": "Bearer \(secret.revealed())"]
      }
      let (token, revoked) = try house.store.addToken("a", scopes: [.read], by: house.admin)
      let soon = Instant.now + TimeSpan(milliseconds: 3000)
      let (_, expiring) = try house.store.addToken(
        "b", scopes: [.read], expires: soon, by: house.admin)
      #expect(try status(bearer(revoked)) == 200)
      let early = try status(bearer(expiring))
      // A machine that was busy meanwhile asks too late.
      #expect(early == 200 || (early == 401 && Instant.now >= soon))
      try house.store.revokeToken(token.id, by: house.admin)
      #expect(try status(bearer(revoked)) == 401)

      let (member, session) = try house.member(.viewer)
      let (_, ofMember) = try house.store.addToken("c", scopes: [.read], by: member.principal())
      #expect(try status(house.headers(session)) == 200)
      #expect(try status(bearer(ofMember)) == 200)
      try house.store.disableMember(member.id, by: house.admin)
      #expect(try status(house.headers(session)) == 401)
      #expect(try status(bearer(ofMember)) == 401)

      let (_, ended) = try house.member(.editor)
      let number = try #require(try house.store.session(ended)).id
      #expect(try status(house.headers(ended)) == 200)
      try house.store.endSession(number, by: house.admin)
      #expect(try status(house.headers(ended)) == 401)
      while Instant.now <= soon { try await Task.sleep(for: .milliseconds(50)) }
      #expect(try status(bearer(expiring)) == 401)
    }
  }

  @Test func `lets a token do no more than its member may by now`() async throws {
    try await withGatehouse { house in
      let (member, _) = try house.member(.admin)
      let (_, secret) = try house.store.addToken("all", scopes: [.admin], by: member.principal())
      try house.store.changeRole(ofMember: member.id, to: .analyst, by: house.admin)
      for route in WaymarkServer.routes {
        let answer = try house.call(route, ["Authorization": "Bearer \(secret.revealed())"])
        #expect(
          answer.status == expected(route, Role.analyst.permissions),
          "\(route.method) \(route.path)")
      }
    }
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
