internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// The command line of the next page: the current one with `--before`.
enum NextPage {
    /// - Parameter arguments: of this process, without its name.
    static func command(
        _ arguments: [String] = Array(CommandLine.arguments.dropFirst()), before report: ReportSummary
    ) -> String {
        var kept: [String] = []
        var isValue = false
        for argument in arguments {
            if isValue {
                isValue = false
            } else if argument == "--before" {
                isValue = true
            } else if !argument.hasPrefix("--before=") {
                kept.append(ShellText.quote(argument))
            }
        }
        return TerminalText.escape((["callbox"] + kept + ["--before", report.numberText]).joined(separator: " "))
    }
}

/// The notes if no report matches: names in the filter that the archive does not have, and the nearest ones.
enum MissingReports {
    static func explain(_ filter: ReportFilter, _ reader: ArchiveReader, _ console: Console) throws {
        console.note("no report matches")
        for line in lines(filter, try reader.vocabulary()) { console.note(line) }
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

    /// A key of externalInfo without its prefix.
    private static func shown(_ name: String) -> String {
        name.hasPrefix("externalInfo.") ? String(name.dropFirst("externalInfo.".count)) : name
    }
}

extension ReportSummary {
    /// `42`, or `42.2` for the second report of a delivery.
    var numberText: String {
        ordinal == 1 ? "\(deliveryID)" : "\(deliveryID).\(ordinal)"
    }
}

/// Words quoted for a shell.
enum ShellText {
    static func quote(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_=./:,@%+".utf8.contains(byte)
            }
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
