internal import Journal
internal import ReportIndex

/// Decides when to train dictionaries: whenever a source or type has four times as many bodies as at its last training.
struct TrainingSchedule {
    /// The numbers of bodies at which training is due. A dictionary does not improve beyond the last number.
    private static let bodyCounts: [Int64] = [256, 1024, 4096, 16384, 65536]

    private var tried: [DictionaryScope: Int64]?

    /// The next scope to train; nil if none is due. Returns a scope at most once for each of the `bodyCounts`. Skips
    /// the counts that a scope with a dictionary had reached before the first call.
    mutating func next(_ training: DictionaryTraining) throws -> DictionaryScope? {
        var tried: [DictionaryScope: Int64]
        if let known = self.tried { tried = known } else { tried = try Self.beforeStart(training) }
        defer { self.tried = tried }
        for count in Self.bodyCounts.reversed() {
            for scope in try training.scopes(withAtLeast: count) where tried[scope, default: 0] < count {
                tried[scope] = count
                return scope
            }
        }
        return nil
    }

    /// For each scope with a dictionary, the largest of the `bodyCounts` that the scope has reached.
    private static func beforeStart(_ training: DictionaryTraining) throws -> [DictionaryScope: Int64] {
        var tried: [DictionaryScope: Int64] = [:]
        for count in bodyCounts {
            for scope in try training.scopes(withAtLeast: count) where try training.current(scope) != nil {
                tried[scope] = count
            }
        }
        return tried
    }
}
