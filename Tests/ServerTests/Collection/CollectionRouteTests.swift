import HTTPTypes
import Testing
import Wire

@testable import Server

@Suite struct `The addresses where events are sent` {
  @Test(arguments: CollectionRoutes.paths) func `speak a dialect`(path: String) {
    #expect(CollectionDialect(path: path) != nil)
  }

  @Test func `are open to whoever has a write key, and answer browsers that ask first`() {
    let routes = CollectionRoutes.all.filter { $0.path != "/waymark.js" }
    #expect(routes.allSatisfy { $0.access == .writeKey })
    for path in CollectionRoutes.paths + CollectionRoutes.flagPaths {
      let methods = routes.filter { $0.path == path }.map(\.method)
      #expect(methods.contains(.post) && methods.contains(.options))
      #expect(Set(methods).count == methods.count)
    }
  }
}

@Suite struct `Room for bodies` {
  @Test func `is taken and given back, and refused beyond its limit`() {
    let room = BodyRoom(100)
    #expect(room.take(60) && room.take(40))
    #expect(!room.take(1))
    #expect(room.bytes == 100)
    room.giveBack(60)
    #expect(room.take(50))
    #expect(room.bytes == 90)
  }
}

@Suite struct `Turns of work` {
  @Test func `let no more work begin at a time than there are, and all of it in the end`() async {
    let turns = Turns(2)
    let seen = await withTaskGroup(of: Int.self) { group in
      for number in 0..<3000 {
        group.addTask { await turns.run { number } }
      }
      return await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(seen.count == 3000)
  }

  @Test func `pass on after work that failed`() async throws {
    let turns = Turns(1)
    for _ in 0..<3 {
      await #expect(throws: CancellationError.self) {
        try await turns.run { throw CancellationError() }
      }
    }
    #expect(await turns.run { 7 } == 7)
  }
}
