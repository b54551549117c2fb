internal import Deliveries
internal import Foundation
internal import StrictJSON
package import TerminalOutput

/// Writes deliveries for `show`.
package struct ShowWriting {
    /// The part of a delivery to write, and its format.
    package enum Format: Equatable {
        case table, headers
        /// An element of a body, as shown on a terminal.
        case part
        /// The exact bytes of the body.
        case body
        /// JSON on several lines, or one line of NDJSON.
        ///
        /// - Parameter isPart: whether to write only an element of the body.
        case json(isPart: Bool), ndjson(isPart: Bool)
    }

    let console: Console
    let pager: PagerCommand?
    let format: Format
    let isRevealed: Bool

    /// - Parameter pager: the pager; nil to write to the console and to cut long bodies.
    package init(console: Console, pager: PagerCommand?, format: Format, isRevealed: Bool) {
        self.console = console
        self.pager = pager
        self.format = format
        self.isRevealed = isRevealed
    }

    /// Reads and writes the deliveries one by one, in the given order.
    package func write(_ places: [ShowFinding.Place], _ finding: ShowFinding) throws {
        switch format {
        case .body:
            for place in places { try StandardStream.write(try finding.body(of: place), to: STDOUT_FILENO) }
        case .ndjson(let isPart):
            for place in places { try console.print(try json(place, isPart, finding).line) }
        case .json(let isPart):
            for (position, place) in places.enumerated() {
                let text = try json(place, isPart, finding).line
                try console.write((places.count == 1 ? "" : position == 0 ? "[" : ",\n ") + text)
            }
            try console.write(places.count == 1 ? "\n" : "]\n")
        case .table, .part, .headers:
            try PagedOutput.with(console, pager: pager) { output in
                for (position, place) in places.enumerated() {
                    if position > 0 { try output.print("") }
                    try write(try view(place, finding), to: &output)
                }
            }
        }
    }

    private func write(_ view: DeliveryView, to output: inout PagedOutput) throws {
        let limit = pager == nil ? DeliveryView.bodyLineLimit : nil
        switch format {
        case .headers: for line in view.headerLines { try output.print(line) }
        case .part: try view.writePart(on: console, limit: limit) { try output.print($0) }
        default: try view.write(on: console, bodyLineLimit: limit) { try output.print($0) }
        }
    }

    private func json(_ place: ShowFinding.Place, _ isPart: Bool, _ finding: ShowFinding) throws -> JSONText {
        let view = try view(place, finding)
        return isPart ? view.bodyJSON : view.json
    }

    private func view(_ place: ShowFinding.Place, _ finding: ShowFinding) throws -> DeliveryView {
        var view = try finding.view(of: place)
        view.isRevealed = isRevealed
        return view
    }
}
