import Accounts
import Engine
import Events
import Experience
import Foundation
import Hummingbird
import Logging
import Outbound
import Store
import Stories
import Synchronization

/// All that the routes of a server share: the events, the experience, who may do what.
final class Workspace: Sendable {
  let configuration: ServerConfiguration
  let store: Store
  let logger: Logger
  let metrics = Metrics()
  /// Takes the events that clients send.
  let collection: CollectionDesk
  /// New events, links and erasures.
  let changes = Changes()
  /// Rises with every request that may have changed who may do what.
  let accessVersion = Atomic(0)
  /// Removes events that are older than they are kept.
  let retention = RetentionDesk()
  /// Shows events to people who look on.
  let tap = EventTap()
  /// Slows the guessing of passwords down.
  let limiter = Mutex(SignInLimiter())
  /// Asks the provider by which people may sign in; nil where there is none.
  let openID: OpenIDDesk?
  /// The stories that live parts of pages show.
  let live = LiveStories()
  /// Maps of unchanged stories, some 100 KB each; and the customers behind their numbers, of whom
  /// there may be millions, at 8 bytes each.
  let maps = KeptAnswers<MapKey, MeasuredJourney>(most: 48)
  let mapWeeks = KeptAnswers<MapKey, ConformanceTrend?>(most: 48)
  let mapCustomers = KeptAnswers<MapCustomersKey, JourneyCustomers>(most: 4)
  /// What is fetched from sources, and when.
  let pulling = PullingDesk()
  /// Who is asked, and who answers.
  let surveys = SurveyDesk()
  /// Answers of saved questions: those of a full board, and of some more.
  let answers = KeptAnswers<AnswerKey, Answered>(most: 100)
  /// What customers say that somebody has to see to.
  let tickets = TicketDesk()
  /// Sends mail; nil where no server for it is set.
  let mail: MailServer?
  /// Asks a model to sum texts up; nil where none is set.
  let summaries: SummaryDesk?
  /// What was deleted lately, for whoever takes it back.
  let undo = UndoDesk()
  private let counting = CountingThreads()
  /// Waiting for a database keeps a thread busy, so that is done beside all others.
  private let pullingThreads = CountingThreads(count: PullingDesk.mostAtOnce)
  /// Hashing a password takes 32 MiB and a tenth of a second, so it is done one by one.
  private let passwords = CountingThreads(count: 1)
  private let loaded: Mutex<ExperienceFile>
  /// Held while the experience is written, so that two who save don't mix their texts.
  let saving = Mutex(())
  private let busy: Set<String>

  /// Opens the store and reads the experience.
  ///
  /// - Parameter busy: the routes whose successes are too many for the log.
  init(_ configuration: ServerConfiguration, logger: Logger, busy: Set<String>) throws {
    self.configuration = configuration
    self.logger = logger
    self.busy = busy
    openID = configuration.openID.map(OpenIDDesk.init)
    mail = configuration.mail.server == nil ? nil : try MailServer(configuration.mail)
    summaries =
      configuration.summaries.place == nil
      ? nil : SummaryDesk(try ChatServer(configuration.summaries))
    store = try Store.open(at: configuration.folder, access: .writing)
    collection = CollectionDesk(store, configuration, logger)
    loaded = Mutex(ExperienceFile(path: configuration.experience))
  }

  /// Whether a route is answered so often that only its failures are logged.
  func isBusy(_ route: String) -> Bool { busy.contains(route) }

  /// The experience as it lies on the disk now: read anew when its file changed.
  func experience() -> ExperienceFile {
    loaded.withLock { file in
      file.refresh()
      return file
    }
  }

  /// The experience, which must be there and without errors.
  ///
  /// - Throws: `experience.missing`, or the first error of the text.
  func usableExperience() throws(Refusal) -> Experience { try experience().usable() }

  /// Everybody's stories at this moment.
  func stories(_ view: IdentityView = .latest) async throws -> Stories {
    try await onCountingThreads { try self.store.snapshot(identity: view) }
  }

  /// Answers questions, away from the threads that answer requests.
  func ask(_ questions: [Question], in context: QuestionContext) async throws -> [Answered] {
    try await onCountingThreads {
      try await Stories.ask(questions, in: context) { asOf in
        try self.store.snapshot(identity: asOf.map { .asOf($0) } ?? .latest)
      }
    }
  }

  /// Days as the experience counts them.
  func calendar() throws(Refusal) -> LocalCalendar {
    try LocalCalendar(timezone: experience().experience?.timezone ?? "UTC")
  }

  /// What the names in a question stand for; reads all saved sets.
  func context(_ view: IdentityView = .latest) throws -> QuestionContext {
    var context = try QuestionContext(experience().experience)
    for set in try store.savedSets(view) { context.savedSets[set.name] = set.members }
    return context
  }

  /// Runs work with passwords on the thread for it.
  func onPasswordThread<Value: Sendable>(
    _ work: @Sendable @escaping () async throws -> Value
  ) async throws -> Value {
    try await withTaskExecutorPreference(passwords) { try await work() }
  }

  /// Runs work that waits for other machines.
  func onPullingThreads<Value: Sendable>(
    _ work: @Sendable @escaping () async throws -> Value
  ) async throws -> Value {
    try await withTaskExecutorPreference(pullingThreads) { try await work() }
  }

  /// Runs long work on the threads for it.
  func onCountingThreads<Value: Sendable>(
    _ work: @Sendable @escaping () async throws -> Value
  ) async throws -> Value {
    try await withTaskExecutorPreference(counting) { try await work() }
  }
}
