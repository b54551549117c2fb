/// Writes lines. Starts a pager if they do not fit on the screen.
package struct PagedOutput {
    private enum State {
        case gathering([String], rowCount: Int)
        case paging(PagerProcess)
        case plain
    }

    private let console: Console
    private let pager: PagerCommand?
    private var state: State

    /// - Parameter pager: the pager; nil to write lines directly.
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
            // `rows` is an upper bound, because it counts bytes: escape sequences and multi-byte characters have more
            // bytes than columns. If all lines fit on the screen after all, `less` exits at once.
            let rows = rowCount + 1 + line.utf8.count / console.width
            state = .gathering(lines + [line], rowCount: rows)
            if rows >= console.height { try start() }
        }
    }

    /// Writes the held lines, or waits until the pager exits.
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
    /// Runs `body` and then finishes the output, even after an error.
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
