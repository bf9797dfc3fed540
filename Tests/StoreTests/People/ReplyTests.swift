import Events
import Foundation
import GRDB
import Testing

@testable import Accounts
@testable import Store

@Suite
struct `A reply that is kept` {
  private func hash(_ text: String) -> [UInt8] { Hashing.sha256(Array(text.utf8)) }

  private let reply = KeptReply(
    status: 201, type: "application/json", location: "/x/1", body: Array("{}".utf8))

  @Test
  func `is given again to the same caller for the same request only`() throws {
    let store = try Office().store
    let (key, request) = (hash("k"), hash("POST /x\n{}"))
    #expect(try store.beginReply(to: "token 1", key: key, request: request) == .new)
    #expect(try store.beginReply(to: "token 1", key: key, request: request) == .begun)
    try store.endReply(to: "token 1", key: key, reply)
    #expect(try store.beginReply(to: "token 1", key: key, request: request) == .done(reply))
    #expect(try store.beginReply(to: "token 1", key: key, request: hash("POST /y\n")) == .other)
    #expect(try store.beginReply(to: "token 2", key: key, request: request) == .new)
    #expect(try store.beginReply(to: "token 1", key: hash("l"), request: request) == .new)
  }

  @Test
  func `of a request that was not done leaves no trace`() throws {
    let store = try Office().store
    #expect(try store.beginReply(to: "token 1", key: hash("k"), request: hash("r")) == .new)
    try store.endReply(to: "token 1", key: hash("k"), nil)
    #expect(try store.beginReply(to: "token 1", key: hash("k"), request: hash("s")) == .new)
  }

  @Test
  func `is forgotten after a day, and kept until then though the program ends`() throws {
    let office = try Office()
    let key = hash("k")
    #expect(try office.store.beginReply(to: "token 1", key: key, request: key) == .new)
    try office.store.endReply(to: "token 1", key: key, reply)
    try office.store.close()
    let clock = office.clock
    let store = try Store.open(at: office.folder.path, access: .writing, clock: { clock.now })
    clock.advance(KeptReply.span.milliseconds - 1)
    #expect(try store.beginReply(to: "token 1", key: key, request: key) == .done(reply))
    clock.advance(1)
    #expect(try store.beginReply(to: "token 1", key: key, request: key) == .new)
  }

  @Test
  func `is one of so many of a caller at most`() throws {
    let office = try Office()
    let (store, now) = (office.store, office.clock.now.milliseconds)
    try store.write { database in
      for number in 0..<KeptReply.most {
        try database.execute(
          literal: """
            INSERT INTO replies (caller, key, request, begun)
            VALUES ('token 1', \(Data(hash("\(number)"))), \(Data(hash("r"))), \(now))
            """)
      }
    }
    expectRefusal("idempotency.count") {
      _ = try store.beginReply(to: "token 1", key: hash("new"), request: hash("r"))
    }
    #expect(try store.beginReply(to: "token 1", key: hash("7"), request: hash("r")) == .begun)
    #expect(try store.beginReply(to: "token 2", key: hash("new"), request: hash("r")) == .new)
  }
}
