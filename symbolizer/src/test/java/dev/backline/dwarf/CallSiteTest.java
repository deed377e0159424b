package dev.backline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls in {@code receive()} of fixtures/elf/src/tcp.c; net.h has the numbers of the reasons. */
class CallSiteTest {
    private static final long REASON_NO_SOCKET = 7;
    private static final long REASON_STATE = 13;

    private static long start(ElfFile elf, String function) throws IOException {
        SymbolTable symbols = elf.symbols();
        return symbols.address(symbols.named(function)[0]);
    }

    private static List<CallSite> callsTo(String callee, List<CallSite> calls) {
        return calls.stream().filter(call -> callee.equals(call.callee())).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc12-v5", "gcc12-v4"})
    void findsTheConstantArgumentsOfACall(String fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf())) {
            Dwarf dwarf = Dwarf.of(elf);
            List<CallSite> resets = callsTo("send_reset", dwarf.callSites(start(elf, "receive")));

            assertThat(resets)
                    .extracting(call -> call.constantArgument(2))
                    .as("the reasons that receive() gives send_reset()")
                    .containsExactlyInAnyOrder(REASON_STATE, REASON_NO_SOCKET);
            assertThat(resets)
                    .filteredOn(call -> Long.valueOf(REASON_NO_SOCKET).equals(call.constantArgument(2)))
                    .extracting(call -> call.constantArgument(0))
                    .as("the socket, which is NULL in this call")
                    .containsExactly(0L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc12-v5", "gcc12-v4"})
    void findsTheCallThatReturnsToAnAddressAndTheLabelBeforeIt(String fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf())) {
            Dwarf dwarf = Dwarf.of(elf);
            List<CallSite> calls = dwarf.callSites(start(elf, "receive"));
            for (CallSite call : calls) {
                assertThat(dwarf.callSiteReturningTo(call.returnAddress())).isEqualTo(call);
            }
            CallSite noSocket = callsTo("send_reset", calls).stream()
                    .filter(call -> Long.valueOf(0).equals(call.constantArgument(0)))
                    .findFirst()
                    .orElseThrow();

            assertThat(dwarf.labelBefore(noSocket.returnAddress() - 1))
                    .extracting(Label::name)
                    .isEqualTo("no_socket");
        }
    }

    @Test
    void findsTheLastCallOfAFunctionThatNeverReturns() throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture("gcc12-v5").elf())) {
            Dwarf dwarf = Dwarf.of(elf);
            CallSite panic = callsTo("panic", dwarf.callSites(start(elf, "assert_owner")))
                    .get(0);

            assertThat(dwarf.framesAt(panic.returnAddress()))
                    .as("the return address is past the end of the function")
                    .noneMatch(frame -> "assert_owner".equals(frame.function()));
            assertThat(dwarf.callSiteReturningTo(panic.returnAddress())).isEqualTo(panic);
        }
    }

    @Test
    void findsNoCallsOutsideOfFunctions() throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture("gcc12-v5").elf())) {
            Dwarf dwarf = Dwarf.of(elf);

            assertThat(dwarf.callSites(0x10)).isEmpty();
            assertThat(dwarf.labels(0x10)).isEmpty();
            assertThat(dwarf.callSiteReturningTo(0x10)).isNull();
            assertThat(dwarf.labelBefore(0x10)).isNull();
        }
    }
}
