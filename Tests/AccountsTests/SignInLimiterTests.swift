import Events
import Statistics
import Testing

@testable import Accounts

@Suite
struct `The sign-in limiter` {
  private func at(_ seconds: Double) -> Instant {
    Instant(milliseconds: Int64(seconds * 1000))
  }

  @Test
  func `lets five attempts pass, and then makes each wait twice as long`() {
    var limiter = SignInLimiter()
    for _ in 0..<5 {
      #expect(limiter.attempt(at: "ann", from: "10.0.0.1", now: at(0)) == .proceed)
    }
    var now = at(0)
    for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
      let early = now + TimeSpan(milliseconds: Int64(seconds) * 1000 - 1)
      #expect(
        limiter.attempt(at: "ann", from: "10.0.0.\(seconds % 200)", now: early)
          == .wait(TimeSpan(milliseconds: 1)))
      now = now + TimeSpan(milliseconds: Int64(seconds) * 1000)
      #expect(limiter.attempt(at: "Ann", from: "10.0.0.\(seconds % 200)", now: now) == .proceed)
    }
    #expect(limiter.attempt(at: "bob", from: "10.0.0.1", now: now) == .proceed)
  }

  @Test
  func `forgets an account that was right, and takes one attempt off its address`() {
    var limiter = SignInLimiter()
    for _ in 0..<30 {
      #expect(limiter.attempt(at: "ann", from: "10.0.0.1", now: at(0)) == .proceed)
      limiter.succeeded(at: "ann", from: "10.0.0.1")
    }
    #expect(limiter.remembered == (0, 0))
    // Signing in to an own account in between buys an attacker nothing.
    for number in 0..<20 {
      _ = limiter.attempt(at: "victim \(number)", from: "10.0.0.1", now: at(1))
      if limiter.attempt(at: "own", from: "10.0.0.1", now: at(1)) == .proceed {
        limiter.succeeded(at: "own", from: "10.0.0.1")
      }
    }
    #expect(limiter.attempt(at: "victim", from: "10.0.0.1", now: at(1)) != .proceed)
    #expect(limiter.attempt(at: "victim", from: "10.0.0.2", now: at(1)) == .proceed)
  }

  @Test(arguments: [
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
    ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
    ("::ffff:10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.2", false), ("what", "what", true),
  ])
  func `takes a network of IPv6 for one address`(first: String, second: String, isSame: Bool) {
    var limiter = SignInLimiter()
    for number in 0..<SignInLimiter.freeForAddress {
      #expect(limiter.attempt(at: "a\(number)", from: first, now: at(0)) == .proceed)
    }
    #expect((limiter.attempt(at: "b", from: second, now: at(0)) != .proceed) == isSame)
  }

  @Test
  func `forgets after a day, and refuses with the time to wait`() throws {
    var limiter = SignInLimiter()
    for _ in 0..<5 { _ = limiter.attempt(at: "ann", from: "a", now: at(0)) }
    let refusal = #expect(throws: Refusal.self) {
      try limiter.attempt(at: "ann", from: "a", now: at(0.5)).require()
    }
    #expect(refusal?.code == "signin.wait")
    #expect(refusal?.remedy.contains("1 s") == true)
    for _ in 0..<5 {
      #expect(limiter.attempt(at: "ann", from: "a", now: at(86_401)) == .proceed)
    }
  }

  @Test
  func `remembers no more than its limit, and those who tried last`() {
    var limiter = SignInLimiter()
    for number in 0..<25_000 {
      _ = limiter.attempt(at: "a\(number)", from: "b\(number)", now: at(Double(number)))
      #expect(limiter.remembered.accounts <= SignInLimiter.most)
      #expect(limiter.remembered.addresses <= SignInLimiter.most)
    }
    for _ in 0..<4 { _ = limiter.attempt(at: "a24999", from: "x", now: at(25_000)) }
    #expect(limiter.attempt(at: "a24999", from: "x", now: at(25_000)) != .proceed)
  }

  /// The definition: a list of counted attempts.
  private struct Naive {
    var counted: [(account: Int, address: Int, at: Int64)] = []

    mutating func attempt(_ account: Int, _ address: Int, _ now: Int64) -> Bool {
      func ready(_ mine: [(account: Int, address: Int, at: Int64)], _ free: Int) -> Int64 {
        guard let last = mine.last else { return .min }
        var delay: Int64 = mine.count < free ? 0 : 1000
        for _ in 0..<max(0, mine.count - free) where delay < 300_000 { delay *= 2 }
        return last.at + min(delay, 300_000)
      }
      let isReady =
        ready(counted.filter { $0.account == account }, 5) <= now
        && ready(counted.filter { $0.address == address }, 20) <= now
      if isReady { counted.append((account, address, now)) }
      return isReady
    }
  }

  @Test(arguments: 0..<40)
  func `answers as a list of attempts would`(seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    var (limiter, naive) = (SignInLimiter(), Naive())
    var now: Int64 = 0
    for _ in 0..<400 {
      now += Int64(dice.below(dice.chance(0.1) ? 100_000 : 1500))
      let (account, address) = (dice.below(6), dice.below(3))
      let answer = limiter.attempt(
        at: "a\(account)", from: "10.0.0.\(address)", now: Instant(milliseconds: now))
      #expect((answer == .proceed) == naive.attempt(account, address, now))
    }
  }
}
