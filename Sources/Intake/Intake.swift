import Events
import Foundation
import Store
import Stories
import Synchronization
import Wire

/// A file on its way into a store.
///
/// Chunks of the file are read on all cores and taken in the order of the file. They wait in
/// memory; a large file's are staged on the disk each time the memory is full, with a checkpoint.
/// Only when all are merged do the events count. Ending the process at any moment loses nothing:
/// the next run goes on after the last checkpoint, or begins anew where there is none.
public struct Intake: Sendable {
  /// How far an import has come.
  public struct Progress: Sendable {
    /// 0 to 1: of the file while it is read, of the shards while they are merged.
    public var fraction: Double
    /// How many events this run has taken.
    public var events: Int
    /// Whether the file is read and its parts are being merged.
    public var merging: Bool
  }

  /// What became of an import.
  public struct Report: Sendable {
    /// What the store says.
    public var result: ImportResult
    /// How many records or values of this run were rejected, by the code of the reason.
    public var rejections: [String: Int]
    /// The first of each code, in the order of the file, for people.
    public var examples: [Rejection]
    /// The file of rejected records; nil where there is none.
    public var rejectsPath: String?
    /// The record at which this run went on with an interrupted one; nil where it began anew.
    public var resumedAt: Int?
    /// When the same file was last imported to its end.
    public var lastImported: Instant?
  }

  /// How many rejected records a file of them holds; the others are only counted.
  public static let mostRejects = 100_000

  private let store: Store
  private let path: String
  private let name: String
  private let options: ImportOptions
  private let chunkSize: Int?
  private let memory: Int
  private let afterwards: Afterwards

  /// What becomes of the memory that an import took.
  public enum Afterwards: Sendable {
    /// It is handed back to the system: the process goes on.
    case givenBack
    /// It is kept for the next import, or until the process ends, which hands back all at once.
    case kept
  }

  /// Prepares the import of a file; how large its chunks are changes no answer, nor does how many
  /// bytes of events wait in memory before they are staged.
  ///
  /// - Parameters:
  ///   - name: what the store calls the file; nil: by its path.
  ///   - afterwards: what becomes of the memory.
  public init(
    _ path: String, as name: String? = nil, options: ImportOptions = ImportOptions(),
    chunkSize: Int? = nil, memory: Int = ImportSession.usualMemory,
    afterwards: Afterwards = .givenBack, into store: Store
  ) {
    self.memory = memory
    self.afterwards = afterwards
    self.name = name ?? path
    self.store = store
    self.path = path
    self.options = options
    self.chunkSize = chunkSize
  }

  /// Imports the file, or goes on where an interrupted run left it.
  ///
  /// - Parameter progress: told from several threads how far it has come.
  /// - Throws: a `Refusal` where the file's form leaves open who did what when; a `Fault` where the
  ///   file cannot be read or the disk is full, after which it may be started again.
  public func run(
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) async throws -> Report {
    ImportMemory.keep()
    defer { if afterwards == .givenBack { ImportMemory.giveBack() } }
    let probe = try ChunkSource(path: path, options: options, chunkSize: chunkSize)
    let session = try store.beginImport(
      source: name, fingerprint: String(probe.fingerprint, radix: 16), memory: memory)
    let begun = session.checkpoint
    let resumes = begun.byteOffset > 0
    let source =
      resumes
      ? try ChunkSource(
        path: path, options: options,
        from: ResumePoint(offset: begun.byteOffset, record: begun.recordNumber + 1, index: 0),
        chunkSize: chunkSize)
      : probe
    let rejects = try RejectsFile(folder: store.folder, importID: session.id, after: begun)
    let line = ImportLine(session: session, source: source, rejects: rejects, progress: progress)
    try await withThrowingTaskGroup(of: Void.self) { group in
      // One thread more than processors, to have one that waits for the disk, made it slower: where
      // the file has to come from there, the system reads ahead.
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
        group.addTask { try await ImportLine.onThread { try line.work() } }
      }
      try await group.waitForAll()
    }
    let events = line.accepted
    let result = try session.finish { done, of in
      progress(
        Progress(fraction: Double(done) / Double(max(1, of)), events: events, merging: true))
    }
    let rejected = try line.closeRejects()
    return Report(
      result: result, rejections: rejected.counts, examples: rejected.examples,
      rejectsPath: rejected.path, resumedAt: resumes ? begun.recordNumber + 1 : nil,
      lastImported: session.lastFinished)
  }
}

/// The work line of one import: chunks go out in order, and come back to be committed in order.
private final class ImportLine: Sendable {
  private let session: ImportSession
  private let progress: @Sendable (Intake.Progress) -> Void
  private let incoming: Mutex<Incoming>
  private let outgoing: Mutex<Outgoing>
  private let format: EventFileFormat

  private struct Incoming: ~Copyable {
    let source: ChunkSource
    var failed = false
  }

  private struct Outgoing {
    var waiting: [Int: Done] = [:]
    var next = 0
    var checkpoint: ImportCheckpoint
    let rejects: RejectsFile
    let begun: Int
  }

  /// A chunk that was read.
  private struct Done {
    var batch: HeldBatch
    var point: ResumePoint
    var records: Int
    var accepted: Int
    var rejections: Rejections
  }

  init(
    session: ImportSession, source: sending ChunkSource, rejects: sending RejectsFile,
    progress: @escaping @Sendable (Intake.Progress) -> Void
  ) {
    self.session = session
    self.progress = progress
    format = source.format
    incoming = Mutex(Incoming(source: source))
    outgoing = Mutex(
      Outgoing(
        checkpoint: session.checkpoint, rejects: rejects, begun: session.checkpoint.accepted))
  }

  /// How many events were taken in this run.
  var accepted: Int { outgoing.withLock { $0.checkpoint.accepted - $0.begun } }

  /// Closes the file of rejected records; tells what was rejected, and where the file lies.
  func closeRejects() throws -> (counts: [String: Int], examples: [Rejection], path: String?) {
    try outgoing.withLock { outgoing in
      let rejects = outgoing.rejects
      try rejects.close()
      return (rejects.counts, rejects.examples, rejects.path)
    }
  }

  /// Works on a thread of its own, so that waiting for the disk keeps nobody else from working.
  static func onThread(_ work: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      Thread { done.resume(with: Result(catching: work)) }.start()
    }
  }

  /// Reads chunks until there are none left, or one of the workers failed.
  func work() throws {
    do {
      while let (chunk, first, fraction) = try nextChunk() {
        let read = format.read(chunk, names: session.names)
        let (records, rejections) = (read.records, read.rejections)
        let batch = try read.held(firstArrival: first)
        try take(
          Done(
            batch: batch, point: ResumePoint(after: chunk), records: records,
            accepted: batch.count, rejections: rejections),
          index: chunk.index, fraction: fraction)
      }
    } catch {
      incoming.withLock { $0.failed = true }
      throw error
    }
  }

  private func nextChunk() throws -> (Chunk, UInt32, Double)? {
    try incoming.withLock { incoming in
      guard !incoming.failed, let chunk = try incoming.source.next() else { return nil }
      let first = try session.reserveArrivals(chunk.records)
      let total = Double(max(1, incoming.source.totalBytes))
      return (chunk, first, Double(incoming.source.bytesRead) / total)
    }
  }

  /// Hands a chunk and those that waited for it to the store.
  private func take(_ done: Done, index: Int, fraction: Double) throws {
    try outgoing.withLock { outgoing in
      outgoing.waiting[index] = done
      while let done = outgoing.waiting.removeValue(forKey: outgoing.next) {
        outgoing.checkpoint.byteOffset = done.point.offset
        outgoing.checkpoint.recordNumber = done.point.record - 1
        outgoing.checkpoint.records += done.records
        outgoing.checkpoint.accepted += done.accepted
        outgoing.checkpoint.rejected += done.rejections.records
        try outgoing.rejects.add(done.rejections)
        try session.take(done.batch, checkpoint: outgoing.checkpoint)
        outgoing.next += 1
      }
      progress(
        Intake.Progress(
          fraction: fraction, events: outgoing.checkpoint.accepted - outgoing.begun,
          merging: false))
    }
  }
}
