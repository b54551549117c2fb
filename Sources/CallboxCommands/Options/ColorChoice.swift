internal import ArgumentParser
internal import TerminalOutput

/// When results are coloured.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// On a terminal, where neither `NO_COLOR` nor `TERM=dumb` says otherwise.
    case auto
    case always, never
}

extension Console {
    /// The same console, coloured as was asked for.
    func colored(_ choice: ColorChoice) -> Console {
        switch choice {
        case .auto: self
        case .always: withColor(true)
        case .never: withColor(false)
        }
    }
}
