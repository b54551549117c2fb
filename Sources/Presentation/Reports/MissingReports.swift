internal import CallboxConfiguration
internal import Deliveries
internal import Journal
package import ReportIndex
package import TerminalOutput
internal import TextForms

/// The notes for a query without results: names in the filter that do not occur in the archive, and the nearest
/// existing names.
package enum MissingReports {
    /// Reads the names of the archive and writes the notes to standard error.
    package static func explain(_ filter: ReportFilter, _ reader: ArchiveReader, _ console: Console) throws {
        let vocabulary = try reader.vocabulary()
        guard try !vocabulary.sources.isEmpty || reader.unindexedCount() > 0 else {
            return console.note(
                "no reports yet; 'callbox serve' receives reports, and 'callbox config urls' lists the URLs")
        }
        console.note("no report matches")
        // Without sources the index has no reports, so it does not show which names are valid.
        guard !vocabulary.sources.isEmpty else { return }
        for line in lines(filter, vocabulary) { console.note(line) }
    }

    static func lines(_ filter: ReportFilter, _ vocabulary: ArchiveVocabulary) -> [String] {
        let fieldNames = (filter.fields.map(\.name) + filter.fieldTests.map(\.name)).uniqued()
        let fold = { filter.folds ? TextFolding.fold($0) : $0 }
        return lines("source", filter.sources, vocabulary.sources) { $0 }
            + lines("type", filter.types, vocabulary.types, fold)
            + lines("topic", filter.topics, vocabulary.topics, fold)
            + lines("field", fieldNames, vocabulary.fieldNames, fold)
    }

    private static func lines(
        _ noun: String, _ names: [String], _ known: [String], _ fold: (String) -> String
    ) -> [String] {
        let keys = Set(known.map { ByteText(fold($0)) })
        return names.filter { !keys.contains(ByteText(fold($0))) }.map { name in
            let line = "no report has the \(noun) '\(TerminalText.escape(shown(name)))'"
            return NearestName.of(name, among: known).map {
                line + "; did you mean '\(TerminalText.escape(shown($0)))'?"
            } ?? line
        }
    }

    /// The name without the prefix `externalInfo.`.
    private static func shown(_ name: String) -> String {
        name.hasPrefix("externalInfo.") ? String(name.dropFirst("externalInfo.".count)) : name
    }
}

extension ReportSummary {
    /// The ID as users enter it: `42`, or `42.2` for the second report of a delivery.
    package var numberText: String {
        ordinal == 1 ? "\(deliveryID)" : "\(deliveryID).\(ordinal)"
    }
}
