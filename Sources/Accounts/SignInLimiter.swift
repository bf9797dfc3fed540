import Events
import Foundation

/// Slows the guessing of passwords down, for each account and for each address.
///
/// The first attempts are free. After those, each failure makes the next attempt wait twice as
/// long as the one before, from one second to `longestDelay`. Every attempt counts as a failure
/// from its beginning until it succeeds, so that many at the same time get no more than many in
/// turn. Attempts that are told to wait don't count. A count is forgotten `memory` after its last
/// attempt.
///
/// What happens depends on the attempts and their moments alone.
public struct SignInLimiter: Sendable {
  /// How many attempts at an account are free: a person who tries their passwords.
  public static let freeForAccount = 5
  /// How many attempts from an address are free: an office behind one address.
  public static let freeForAddress = 20
  /// The longest delay: with it, one account can be tried 288 times a day.
  public static let longestDelay = TimeSpan(milliseconds: 300_000)
  /// How long a count lasts after its last attempt.
  public static let memory = TimeSpan.days(1)
  /// How many accounts, and how many addresses, are remembered: some 100 bytes each.
  public static let most = 10_000

  /// What becomes of an attempt.
  public enum Answer: Sendable, Equatable {
    /// The password may be looked at.
    case proceed
    /// Nothing may be tried for so long.
    case wait(TimeSpan)

    /// Refuses an attempt that has to wait.
    ///
    /// - Throws: `signin.wait`.
    public func require() throws(Refusal) {
      guard case .wait(let span) = self else { return }
      let seconds = (span.milliseconds + 999) / 1000
      throw Refusal(
        "signin.wait", problem: "There were too many attempts to sign in.",
        remedy: "Wait \(seconds) s, then try again.")
    }
  }

  private struct Count {
    var attempts: Int
    var last: Instant
  }

  private var accounts: [[UInt8]: Count] = [:]
  private var addresses: [[UInt8]: Count] = [:]

  /// Begins with no attempts.
  public init() {}

  /// Counts an attempt, unless it has to wait.
  ///
  /// - Parameters:
  ///   - account: what the person typed as their name.
  ///   - address: where they come from; addresses of one IPv6 network of 64 bits are one.
  ///   - now: the moment, not before that of the attempt before.
  public mutating func attempt(at account: String, from address: String, now: Instant) -> Answer {
    let (account, address) = (Self.key(ofAccount: account), Self.key(ofAddress: address))
    forget(before: now)
    let ready = max(
      Self.ready(accounts[account], free: Self.freeForAccount, now),
      Self.ready(addresses[address], free: Self.freeForAddress, now))
    guard ready <= now else { return .wait(ready - now) }
    Self.count(account, in: &accounts, now)
    Self.count(address, in: &addresses, now)
    return .proceed
  }

  /// Tells that the attempt was right: the account's count is forgotten, the address' is one less.
  public mutating func succeeded(at account: String, from address: String) {
    accounts[Self.key(ofAccount: account)] = nil
    let address = Self.key(ofAddress: address)
    guard let count = addresses[address] else { return }
    addresses[address]?.attempts = count.attempts - 1
    if count.attempts <= 1 { addresses[address] = nil }
  }

  /// How many accounts and addresses are remembered.
  var remembered: (accounts: Int, addresses: Int) { (accounts.count, addresses.count) }

  /// How long the next attempt waits after so many.
  static func delay(after attempts: Int, free: Int) -> TimeSpan {
    guard attempts >= free else { return TimeSpan(milliseconds: 0) }
    // 2^9 s is more than the longest delay.
    let doublings = min(9, attempts - free)
    return min(longestDelay, TimeSpan(milliseconds: 1000 << Int64(doublings)))
  }

  private static func ready(_ count: Count?, free: Int, _ now: Instant) -> Instant {
    guard let count, count.last + memory > now else { return Instant(milliseconds: .min) }
    return count.last + delay(after: count.attempts, free: free)
  }

  private static func count(
    _ key: [UInt8], in counts: inout [[UInt8]: Count], _ now: Instant
  ) {
    let before = counts[key].flatMap { $0.last + memory > now ? $0.attempts : nil } ?? 0
    counts[key] = Count(attempts: before + 1, last: now)
  }

  /// Makes room where a table is full: what is too old goes, and then what was quiet for longest.
  private mutating func forget(before now: Instant) {
    for table in [\Self.accounts, \Self.addresses] where self[keyPath: table].count >= Self.most {
      var counts = self[keyPath: table].filter { $0.value.last + Self.memory > now }
      if counts.count >= Self.most {
        // A tenth at a time, so that a full table isn't sorted at each attempt.
        let kept = counts.sorted {
          ($0.value.last.milliseconds, $0.value.attempts)
            > ($1.value.last.milliseconds, $1.value.attempts)
        }.prefix(Self.most - Self.most / 10)
        counts = Dictionary(uniqueKeysWithValues: Array(kept))
      }
      self[keyPath: table] = counts
    }
  }

  private static func key(ofAccount account: String) -> [UInt8] {
    Array(Hashing.sha256(Array(account.lowercased().utf8))[..<16])
  }

  /// An IPv4 address, or the network of an IPv6 address, or else the text itself.
  private static func key(ofAddress address: String) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16)
    guard address.contains(":"), inet_pton(AF_INET6, address, &bytes) == 1 else {
      var four = [UInt8](repeating: 0, count: 4)
      return inet_pton(AF_INET, address, &four) == 1
        ? four : Array(Hashing.sha256(Array(address.utf8))[..<16])
    }
    let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
    return Array(isMapped ? bytes[12...] : bytes[..<8])
  }
}
