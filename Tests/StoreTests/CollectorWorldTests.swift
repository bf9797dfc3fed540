import Events
import Foundation
import Statistics
import Stories
import Synchronization
import Testing

@testable import Store

@Suite
struct `A collector's store` {
  @Test(arguments: 0..<4)
  func `is right whoever writes, seals, links, erases and looks at once`(seed: Int) async throws {
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 60)
    let reader = try Store.open(at: folder.path, access: .reading)
    var dice = SeededGenerator(seed)
    let gone = Identity("somebody-gone")
    // Time 0..<200 s; the erased customer's events are of 1970, too, so they are refused later.
    let events = randomEvents(1500, &dice).enumerated().map { number, event in
      var event = event
      event.messageID = "m\(number / 2)"
      return event
    }
    let imported = randomEvents(300, &dice).enumerated().map { number, event in
      var event = event
      event.messageID = "i\(number)"
      return event
    }
    let collector = Collector(store, sealing: .init(events: 150, seconds: 3600))
    let tally = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<6 {
        group.addTask {
          var dice = SeededGenerator(seed * 100 + task)
          for start in stride(from: task * 250, to: task * 250 + 250, by: 10) {
            // Its own, and some that others send as well.
            let others = (0..<3).compactMap { _ in events.randomElement(using: &dice) }
            let call = Array(events[start..<(start + 10)]) + others
            for (event, verdict) in zip(call, try await collector.take(call)) {
              #expect(verdict == .taken || verdict == .repeated)
              if verdict == .taken {
                tally.count(event.messageID ?? "")
              }
            }
          }
        }
      }
      group.addTask {
        var dice = SeededGenerator(seed)
        for number in 0..<6 {
          let early = Event("seen", at: Instant(milliseconds: 5), by: gone, messageID: "g\(number)")
          _ = try await collector.take([early])
          do {
            let report = try store.erase(gone)
            #expect(report.isProven)
          } catch let refusal as Refusal { #expect(refusal.code == "identity.unknown") }
          let part = imported[(number * 50)..<(number * 50 + 50)]
          try store.import(Array(part), fingerprint: "f\(number)", &dice)
        }
      }
      group.addTask {
        for number in 0..<15 {
          try store.link(Identity("user-\(number)"), Identity("anonymous:visit-\(number)"))
          await Task.yield()
        }
      }
      let looking = Task {
        var last = [0, 0]
        while !tally.isDone.load(ordering: .relaxed) {
          for (index, store) in [store, reader].enumerated() {
            let stories = try store.snapshot()
            #expect(stories.byKey != nil)
            let count = stories.eventCount - (stories.story(of: gone.key).count)
            #expect(count >= last[index])
            last[index] = count
          }
          await Task.yield()
        }
      }
      try await group.waitForAll()
      tally.isDone.store(true, ordering: .relaxed)
      try await looking.value
    }
    await collector.stop()
    let ids = Set(events.compactMap(\.messageID))
    #expect(tally.taken == Dictionary(uniqueKeysWithValues: ids.map { ($0, 1) }))
    try store.close()
    let reopened = try Store.open(at: folder.path, access: .writing, shardRows: 60)
    let stories = try reopened.snapshot()
    #expect(stories.eventCount == ids.count + imported.count)
    #expect(stories.byKey == (try reader.snapshot().byKey))
    #expect(stories.story(of: gone.key).isEmpty)
    #expect(try reopened.append(events).allSatisfy { $0 == .repeated })
    #expect(try reopened.append(imported).allSatisfy { $0 == .repeated })
    #expect(try reopened.doctor().filter { $0.severity == .error } == [])
  }

  @Test(arguments: 0..<3)
  func `has every acknowledged event once, however often the process is killed`(
    seed: Int
  ) async throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    for round in 0..<5 {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = folder.path as String, seed = seed as Int, round = round as Int] in
        try await Kill.run(path, seed: seed, round: round)
      }
    }
    let journal = try Kill.acknowledged(folder.path)
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 100)
    let stories = try #require(try store.snapshot().byKey)
    let numbers = stories.values.joined().compactMap { event -> Int? in
      guard case .number(let number) = event.properties["number"] else { return nil }
      return Int(number)
    }
    #expect(Set(numbers).count == numbers.count)
    #expect(journal.count > 0)
    #expect(journal.subtracting(numbers) == [])
    // Clients send again what wasn't acknowledged, and some of what was.
    let sent = journal.union(numbers).union(numbers.map { $0 + 10 }).sorted()
    let known = Set(numbers)
    for start in stride(from: 0, to: sent.count, by: 500) {
      let call = sent[start..<min(start + 500, sent.count)]
      #expect(
        try store.append(call.map { Kill.event($0) })
          == call.map { known.contains($0) ? .repeated : .taken })
    }
    #expect(try store.snapshot().eventCount == sent.count)
    #expect(try store.doctor().filter { $0.severity == .error } == [])
  }
}

/// How often each message was taken, and whether all were sent.
private final class Tally: Sendable {
  private let counts = Mutex<[String: Int]>([:])
  let isDone = Atomic(false)

  var taken: [String: Int] { counts.withLock { $0 } }

  func count(_ message: String) { counts.withLock { $0[message, default: 0] += 1 } }
}

/// A process that takes events until it is killed, and writes down what was acknowledged.
private enum Kill {
  static func event(_ number: Int) -> Event {
    Event(
      "seen", at: Instant(milliseconds: Int64(number % 1000)), by: Identity("c\(number % 17)"),
      messageID: "m\(number)", properties: ["number": .number(Double(number))])
  }

  static func run(_ path: String, seed: Int, round: Int) async throws {
    var pace = SeededGenerator(100 * seed + round)
    let store = try Store.open(at: path, access: .writing, shardRows: 100)
    let journal = open(path + "/journal.txt", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let collector = Collector(store, sealing: .init(events: 200, seconds: 3600))
    let moment = UInt32.random(in: 50_000..<400_000, using: &pace)
    Thread {
      usleep(moment)
      kill(getpid(), SIGKILL)
    }.start()
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask {
          var number = round * 10_000_000 + task * 1_000_000
          while true {
            let numbers = Array(number..<(number + 7))
            guard let verdicts = try? await collector.take(numbers.map(event)),
              verdicts.allSatisfy({ $0 == .taken })
            else { exit(1) }
            let line = Array((numbers.map(String.init).joined(separator: " ") + "\n").utf8)
            guard write(journal, line, line.count) == line.count else { exit(1) }
            number += 7
          }
        }
      }
    }
  }

  static func acknowledged(_ path: String) throws -> Set<Int> {
    let text = try String(contentsOfFile: path + "/journal.txt", encoding: .utf8)
    return Set(text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) })
  }
}
