import Glibc

/// How many files and connections the process may have open.
public enum OpenFiles {
  /// Allows as many as the system lets this process have: shells begin with 1024, which is less than
  /// a server's connections, or the parts of a large store.
  public static func allowMany() {
    var limit = rlimit()
    // Where it can't be raised, opening one too many says so.
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
