/// Lines for a person, held back until they are more than the screen holds; then they go through a pager.
package struct PagedOutput {
    private enum State {
        case gathering([String], rowCount: Int)
        case paging(PagerProcess)
        case plain
    }

    private let console: Console
    private let pager: PagerCommand?
    private var state: State

    /// - Parameter pager: nil where lines go out as they come.
    package init(_ console: Console, pager: PagerCommand?) {
        self.console = console
        self.pager = pager
        self.state = pager == nil ? .plain : .gathering([], rowCount: 0)
    }

    package mutating func print(_ line: String) throws {
        switch state {
        case .plain: try console.print(line)
        case .paging(let process): try process.write(line + "\n")
        case .gathering(let lines, let rowCount):
            // About: colours and letters of several bytes count too much, and less ends at once where it shows all.
            let rows = rowCount + 1 + line.utf8.count / console.width
            state = .gathering(lines + [line], rowCount: rows)
            if rows >= console.height { try start() }
        }
    }

    /// Writes what is held back, or waits until the pager is quit.
    package mutating func finish() throws {
        switch state {
        case .plain: break
        case .paging(let process): process.finish()
        case .gathering(let lines, _): for line in lines { try console.print(line) }
        }
        state = .plain
    }

    private mutating func start() throws {
        guard case .gathering(let lines, _) = state else { return }
        guard let process = pager.flatMap(PagerProcess.init) else {
            state = .plain
            for line in lines { try console.print(line) }
            return
        }
        state = .paging(process)
        for line in lines { try process.write(line + "\n") }
    }
}

extension PagedOutput {
    /// Runs `body` with an output and ends it in order, however that went.
    package static func with(_ console: Console, pager: PagerCommand?, _ body: (inout PagedOutput) throws -> Void)
        throws
    {
        var output = PagedOutput(console, pager: pager)
        do {
            try body(&output)
        } catch {
            try output.finish()
            throw error
        }
        try output.finish()
    }
}
