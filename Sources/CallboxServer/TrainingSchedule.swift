internal import Journal
internal import ReportIndex

/// Training is due again whenever a source or type has four times as many bodies as before.
struct TrainingSchedule {
    /// The numbers of bodies at which to train. More than the last number do not improve a dictionary.
    private static let bodyCounts: [Int64] = [256, 1024, 4096, 16384, 65536]

    private var tried: [DictionaryScope: Int64]?

    /// The next scope to train for; nil if none is due. A scope is returned once per count, except for counts that the
    /// scope had passed before the first call.
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

    /// The counts at which an earlier run trained the dictionaries that the archive has.
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
