package import StrictJSON

/// Compares two JSON texts by value. Ignores the order of members and the notation of numbers. Matches array elements
/// by an identifying member if they have one. Uses its own stack instead of recursion.
package struct JSONComparison {
    package var ignored: [IgnoredPath] = []
    package var matchesByPosition = false

    package init() {}

    /// The pairs of one level that are still to be compared.
    private struct Level {
        let path: ValuePath
        var pairs: Pairs

        enum Pairs {
            case listed(ArraySlice<JSONPair>)
            case positions(before: JSONElements, after: JSONElements, index: Int)
        }

        mutating func next() -> JSONPair? {
            switch pairs {
            case .listed(var rest):
                let pair = rest.popFirst()
                pairs = .listed(rest)
                return pair
            case .positions(var before, var after, let index):
                let (one, other) = (before.next(), after.next())
                pairs = .positions(before: before, after: after, index: index + 1)
                guard one != nil || other != nil else { return nil }
                return JSONPair(step: .index(index), before: one, after: other)
            }
        }
    }

    /// Compares two JSON texts.
    ///
    /// - Returns: the number of ignored differences.
    @discardableResult
    package func forEachDifference(
        _ before: JSONValue, _ after: JSONValue, _ body: (JSONDifference) throws -> Void
    ) rethrows -> Int {
        var ignoredCount = 0
        var levels: [Level] = []
        try compare(before, after, at: .root, &levels, body)
        while let top = levels.indices.last {
            guard let pair = levels[top].next() else {
                levels.removeLast()
                continue
            }
            if let before = pair.before, let after = pair.after, JSONPair.areWrittenAlike(before, after) { continue }
            let path = levels[top].path.appending(pair.step)
            let isIgnored = ignored.contains { $0.matches(path) }
            switch (pair.before, pair.after) {
            case (let before?, let after?) where isIgnored:
                if !JSONPair.areEqualScalars(before, after) { ignoredCount += 1 }
            case (_, _) where isIgnored: ignoredCount += 1
            case (let before?, let after?): try compare(before, after, at: path, &levels, body)
            case (let before?, nil): try body(JSONDifference(path: path, change: .removed(before)))
            case (nil, let after?): try body(JSONDifference(path: path, change: .added(after)))
            case (nil, nil): break
            }
        }
        return ignoredCount
    }

    private func compare(
        _ before: JSONValue, _ after: JSONValue, at path: ValuePath, _ levels: inout [Level],
        _ body: (JSONDifference) throws -> Void
    ) rethrows {
        switch (before.kind, after.kind) {
        case (.object, .object):
            if let pairs = JSONMatching.members(before, after) {
                levels.append(Level(path: path, pairs: .listed(pairs[...])))
            } else if !before.rawBytes.elementsEqual(after.rawBytes) {
                try body(JSONDifference(path: path, change: .changed(before: before, after: after)))
            }
        case (.array, .array):
            if !matchesByPosition, let pairs = JSONMatching.elements(before, after) {
                levels.append(Level(path: path, pairs: .listed(pairs[...])))
            } else {
                levels.append(
                    Level(path: path, pairs: .positions(before: before.elements, after: after.elements, index: 0)))
            }
        default:
            guard !JSONPair.areEqualScalars(before, after) else { return }
            try body(JSONDifference(path: path, change: .changed(before: before, after: after)))
        }
    }
}

/// A difference between two JSON texts.
package struct JSONDifference {
    package enum Change {
        case added(JSONValue)
        case removed(JSONValue)
        case changed(before: JSONValue, after: JSONValue)
    }

    /// The path in the newer text; for a removed value, the path in the older text.
    package let path: ValuePath
    package let change: Change
}
