extension Sequence where Element: Hashable {
    /// Without repeats, in the order of first occurrence.
    package func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
