import Accounts
import Events
import Experience
import Synchronization

/// What the server remembers of asking: the surveys as they can be answered, and who sends too much.
final class SurveyDesk: Sendable {
  /// How asking stands, for those who look after it.
  struct Standing: Sendable {
    /// When it was looked last whom to ask.
    var looked: Instant?
    /// Why that failed, or why nothing is sent; nil where all is well.
    var problem: Refusal?
  }

  private struct State: Sendable {
    var standing = Standing()
    var experience: Experience?
    var guesses = SignInLimiter()
    var pace = AnswerPace()
  }

  private let state = Mutex(State())

  var standing: Standing {
    get { state.withLock { $0.standing } }
    set { state.withLock { $0.standing = newValue } }
  }

  /// The experience by which surveys are answered: the one that is there, or while its text has
  /// errors the last one that had none, so that a mistake elsewhere closes no survey.
  ///
  /// - Throws: `survey.unavailable` where there has not been one since the server was started.
  func experience(_ file: ExperienceFile) throws(Refusal) -> Experience {
    let now: Experience
    do throws(Refusal) { now = try file.usable() } catch {
      guard let last = state.withLock({ $0.experience }) else {
        throw Refusal(
          "survey.unavailable", problem: "The experience can't be used: \(error.problem)",
          remedy: error.remedy)
      }
      return last
    }
    state.withLock { $0.experience = now }
    return now
  }

  /// Counts a link that this program didn't make; how long whoever sent it has to wait, if so.
  func guess(from address: String, at now: Instant) -> SignInLimiter.Answer {
    state.withLock { $0.guesses.attempt(at: "survey \(address)", from: address, now: now) }
  }

  /// Whether one more answer to an open link is taken from an address.
  func admitsOpenAnswer(from address: String, at now: Instant) -> Bool {
    state.withLock { $0.pace.admits(address, at: now) }
  }
}

/// How many answers to open links come from one address: a shop's guests may share one, and a program
/// that makes answers up sends more.
struct AnswerPace: Sendable {
  static let most = 60
  static let span = TimeSpan(milliseconds: 600_000)
  /// The most addresses that are remembered; then all are forgotten, which costs the least.
  static let mostAddresses = 10_000

  private var counts: [String: (since: Instant, count: Int)] = [:]

  /// Counts an answer, unless there were too many.
  mutating func admits(_ address: String, at now: Instant) -> Bool {
    if let known = counts[address], now < known.since + Self.span {
      guard known.count < Self.most else { return false }
      counts[address] = (known.since, known.count + 1)
      return true
    }
    if counts.count >= Self.mostAddresses { counts = [:] }
    counts[address] = (now, 1)
    return true
  }
}
