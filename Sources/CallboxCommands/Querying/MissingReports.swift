internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// What to say where nothing matched: names in a filter that the archive does not know, and what was probably meant.
enum MissingReports {
    static func explain(_ filter: ReportFilter, _ reader: ArchiveReader, _ console: Console) throws(CommandFailure) {
        console.note("no report matches")
        let vocabulary = try translating { try reader.vocabulary() }
        for line in lines(filter, vocabulary) { console.note(line) }
    }

    static func lines(_ filter: ReportFilter, _ vocabulary: ArchiveVocabulary) -> [String] {
        let fieldNames = (filter.fields.map(\.name) + filter.fieldTests.map(\.name)).uniqued()
        return lines("source", filter.sources, vocabulary.sources) + lines("type", filter.types, vocabulary.types)
            + lines("topic", filter.topics, vocabulary.topics)
            + lines("field", fieldNames, vocabulary.fieldNames)
    }

    private static func lines(_ noun: String, _ names: [String], _ known: [String]) -> [String] {
        names.filter { !known.contains($0) }.map { name in
            let line = "no report has the \(noun) '\(TerminalText.escape(shown(name)))'"
            return NearestName.of(name, among: known).map {
                line + "; did you mean '\(TerminalText.escape(shown($0)))'?"
            } ?? line
        }
    }

    /// A key of externalInfo is given to --external without what stands before it.
    private static func shown(_ name: String) -> String {
        name.hasPrefix("externalInfo.") ? String(name.dropFirst("externalInfo.".count)) : name
    }
}
