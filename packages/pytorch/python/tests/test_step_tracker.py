"""Which passes of a loop are steps, and what their times are."""

import unittest

from tests.loop import Loop, Model


class WithLoader(unittest.TestCase):
    def test_input_wait_and_traced_step_add_up_to_wall_time(self) -> None:
        loop = Loop()
        loop.iterator(10)
        for _ in range(3):
            loop.fetch(2)
            loop.compute()
            loop.wait(5)
        loop.fetch(1, is_exhausted=True)
        self.assertEqual(loop.times(), [(12, 13, 3, 4, 1), (2, 13, 3, 4, 1), (2, 13, 3, 4, 1)])
        self.assertEqual(sum(step.input + step.traced for step in loop.steps), loop.now - 1)
        self.assertEqual([step.number for step in loop.steps], [1, 2, 3])

    def test_the_last_step_ends_with_its_update_when_nothing_follows(self) -> None:
        loop = Loop()
        loop.fetch(2)
        loop.compute()
        loop.wait(100)
        loop.tracker.end_training()
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1)])

    def test_micro_batches_are_one_step_with_their_update(self) -> None:
        loop = Loop()
        for _ in range(2):
            for _ in range(2):
                loop.fetch(2)
                loop.forward(3)
                loop.backward(4)
            loop.update(1)
        loop.fetch(2, is_exhausted=True)
        self.assertEqual(loop.times(), [(4, 15, 6, 8, 1)] * 2)
        self.assertEqual(loop.calls(), [(2, 2, 2, 1)] * 2)

    def test_validation_belongs_to_no_step(self) -> None:
        loop, validation = Loop(), object()
        for _ in range(2):
            loop.iterator()
            for _ in range(2):
                loop.fetch(2)
                loop.compute()
            loop.fetch(1, is_exhausted=True)
            loop.iterator(3, validation)
            for _ in range(3):
                loop.fetch(5, validation)
                loop.forward(7, gradients=False)
            loop.fetch(1, validation, is_exhausted=True)
            loop.wait(50)
        loop.tracker.end_training()
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1)] * 4)

    def test_validation_between_two_batches_of_an_epoch_belongs_to_no_step(self) -> None:
        loop, validation = Loop(), object()
        for _ in range(2):
            loop.fetch(2)
            loop.compute()
            loop.iterator(3, validation)
            loop.fetch(5, validation)
            loop.forward(7)
            loop.fetch(1, validation, is_exhausted=True)
        loop.tracker.end_training()
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1)] * 2)

    def test_validation_amid_micro_batches_belongs_to_no_step(self) -> None:
        loop, validation = Loop(), object()
        loop.fetch(2)
        loop.forward(3)
        loop.backward(4)
        loop.fetch(5, validation)
        loop.forward(7)
        loop.fetch(2)
        loop.compute()
        loop.fetch(2)
        self.assertEqual(loop.times(), [(4, 15, 6, 8, 1)])

    def test_updates_of_several_optimizers_are_one_step(self) -> None:
        loop = Loop()
        for _ in range(2):
            loop.fetch(2)
            loop.compute(optimizer=1)
            loop.compute(optimizer=2)
        loop.fetch(2)
        self.assertEqual(loop.times(), [(2, 16, 6, 8, 2)] * 2)

    def test_a_loader_that_fetches_ahead_still_gives_every_batch_to_a_step(self) -> None:
        loop = Loop()
        loop.iterator()
        loop.fetch(2)
        for last in (False, False, True):
            loop.fetch(2, is_exhausted=last)
            loop.compute()
            loop.wait(1)
        loop.wait(100)
        loop.iterator()
        loop.fetch(2)
        self.assertEqual([step.input for step in loop.steps], [4, 2, 0])
        # What follows the last batch of an epoch is no part of its step.
        self.assertEqual([step.traced for step in loop.steps], [9, 9, 8])

    def test_micro_batches_fetched_ahead_together(self) -> None:
        loop = Loop()
        loop.iterator()
        loop.fetch(2)
        for last in (False, True):
            loop.fetch(2)
            loop.fetch(2, is_exhausted=last)
            for _ in range(2):
                loop.forward(3)
                loop.backward(4)
            loop.update(1)
        loop.wait(100)
        loop.tracker.end_training()
        self.assertEqual([step.input for step in loop.steps], [6, 4])
        self.assertEqual(loop.calls(), [(3, 2, 2, 1), (1, 2, 2, 1)])
        self.assertEqual([step.traced for step in loop.steps], [15, 15])

    def test_batches_that_are_passed_over_are_input_of_the_step_that_follows(self) -> None:
        loop = Loop()
        for _ in range(4):
            loop.fetch(2)
        loop.compute()
        loop.fetch(2)
        self.assertEqual(loop.times(), [(8, 8, 3, 4, 1)])

    def test_one_batch_for_many_updates_is_one_step_per_update(self) -> None:
        loop = Loop()
        loop.fetch(2)
        for _ in range(3):
            loop.compute()
            loop.wait(5)
        loop.fetch(2)
        self.assertEqual(loop.times(), [(2, 13, 3, 4, 1), (0, 13, 3, 4, 1), (0, 13, 3, 4, 1)])

    def test_an_evaluation_of_the_model_itself_ends_the_step(self) -> None:
        loop = Loop()
        for _ in range(2):
            loop.fetch(2)
            loop.compute()
            loop.evaluate(50)
        loop.fetch(2)
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1)] * 2)

    def test_an_evaluation_before_the_update_is_left_out_of_the_step(self) -> None:
        loop = Loop()
        loop.fetch(2)
        loop.compute()
        loop.fetch(2)
        loop.evaluate(50)
        loop.compute()
        loop.fetch(2)
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1)] * 2)

    def test_a_teacher_is_part_of_the_step(self) -> None:
        loop, teacher = Loop(), Model()
        teacher.training = False
        for _ in range(2):
            loop.fetch(2)
            loop.forward(6, teacher, gradients=False)
            loop.compute()
        loop.fetch(2)
        self.assertEqual(loop.times(), [(2, 14, 9, 4, 1)] * 2)

    def test_early_stop_in_the_middle_of_an_epoch(self) -> None:
        loop = Loop()
        loop.fetch(2)
        loop.compute()
        loop.fetch(2)
        loop.wait(100)
        loop.tracker.end_training()
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1)])


class WithoutLoader(unittest.TestCase):
    def test_a_step_begins_with_the_first_work_after_an_update(self) -> None:
        loop = Loop()
        for _ in range(3):
            loop.wait(2)
            loop.compute()
        loop.tracker.end_training()
        self.assertEqual(loop.times(), [(0, 10, 3, 4, 1), (0, 10, 3, 4, 1), (0, 8, 3, 4, 1)])

    def test_a_gan_has_one_step_per_round(self) -> None:
        loop = Loop()
        for _ in range(3):
            loop.compute(optimizer=1)
            loop.compute(optimizer=2)
        loop.tracker.end_training()
        self.assertEqual(loop.times(), [(0, 16, 6, 8, 2)] * 3)

    def test_closures_are_forward_and_backward_not_optimizer(self) -> None:
        loop = Loop()
        for _ in range(2):
            loop.tracker.begin_update(1)
            for _ in range(3):
                loop.forward(3)
                loop.backward(4)
            loop.wait(2)
            loop.tracker.end_update(1)
            loop.wait(1)
        loop.tracker.end_training()
        self.assertEqual(loop.times(), [(0, 24, 9, 12, 2), (0, 23, 9, 12, 2)])

    def test_evaluations_between_the_steps_belong_to_none(self) -> None:
        loop = Loop()
        for _ in range(2):
            loop.compute()
            loop.evaluate(30)
            loop.evaluate(30)
        loop.compute()
        loop.tracker.end_training()
        self.assertEqual(loop.times(), [(0, 8, 3, 4, 1)] * 3)

    def test_a_move_to_the_device_begins_the_next_step(self) -> None:
        loop = Loop()
        for _ in range(2):
            loop.move(2)
            loop.compute()
        loop.tracker.end_training()
        self.assertEqual([step.h2d for step in loop.steps], [0, 2])
        self.assertEqual([step.traced for step in loop.steps], [8, 10])


class Updates(unittest.TestCase):
    def test_a_scaler_that_skips_its_update_still_ends_the_step(self) -> None:
        loop = Loop()
        for skipped in (True, False):
            loop.fetch(2)
            loop.forward(3)
            loop.backward(4)
            loop.tracker.begin_update(1, is_scaled=True)
            if not skipped:
                loop.update(1)
            loop.wait(1)
            loop.tracker.end_update(1, is_scaled=True)
        loop.fetch(2)
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1), (2, 9, 3, 4, 2)])
        self.assertEqual(loop.calls(), [(1, 1, 1, 1)] * 2)

    def test_an_optimizer_inside_another_is_part_of_it(self) -> None:
        loop = Loop()
        loop.fetch(2)
        loop.forward(3)
        loop.backward(4)
        loop.tracker.begin_update(1)
        loop.update(1, optimizer=2)
        loop.tracker.end_update(1)
        loop.fetch(2)
        self.assertEqual(loop.calls(), [(1, 1, 1, 1)])

    def test_an_update_that_raised_is_forgotten_by_the_next(self) -> None:
        loop = Loop()
        loop.fetch(2)
        loop.forward(3)
        loop.backward(4)
        loop.tracker.begin_update(1)
        loop.wait(9)
        loop.update(1)
        loop.fetch(2)
        self.assertEqual(loop.times(), [(2, 17, 3, 4, 1)])

    def test_optimizers_that_update_while_gradients_are_computed(self) -> None:
        for has_loader in (True, False):
            loop = Loop()
            for _ in range(2):
                if has_loader:
                    loop.fetch(2)
                loop.forward(3)
                loop.tracker.begin_backward()
                loop.wait(4)
                loop.tracker.note_inner_update(1)
                loop.tracker.note_inner_update(2)
                loop.tracker.end_backward()
            loop.tracker.end_training()
            waited = 2 if has_loader else 0
            self.assertEqual(loop.times(), [(waited, 7, 3, 4, 0)] * 2)


class Marked(unittest.TestCase):
    """Steps that the script marks itself."""

    def test_input_before_the_step_is_its_input(self) -> None:
        loop = Loop()
        for _ in range(2):
            loop.fetch(2)
            loop.wait(1)
            loop.tracker.begin_step()
            loop.compute()
            loop.tracker.end_step(True)
            loop.wait(9)
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1)] * 2)

    def test_input_inside_the_step_is_not_its_traced_time(self) -> None:
        loop = Loop()
        for _ in range(2):
            loop.tracker.begin_step()
            loop.fetch(2)
            loop.compute()
            loop.tracker.end_step(True)
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1)] * 2)

    def test_validation_is_no_input_of_a_step(self) -> None:
        loop, validation = Loop(), object()
        for _ in range(2):
            loop.fetch(2)
            loop.tracker.begin_step()
            loop.compute()
            loop.tracker.end_step(True)
            loop.fetch(50, validation)
            loop.forward(7)
            loop.fetch(50, validation, is_exhausted=True)
        self.assertEqual(loop.times(), [(2, 8, 3, 4, 1)] * 2)

    def test_a_step_that_raised_is_left_out(self) -> None:
        loop = Loop()
        loop.tracker.begin_step()
        loop.compute()
        loop.tracker.end_step(False)
        loop.tracker.begin_step()
        loop.compute()
        loop.tracker.end_step(True)
        self.assertEqual([step.number for step in loop.steps], [1])

    def test_work_outside_a_step_is_not_recorded(self) -> None:
        loop = Loop()
        loop.tracker.begin_step()
        loop.compute()
        loop.tracker.end_step(True)
        loop.compute()
        loop.tracker.begin_step()
        loop.compute()
        loop.tracker.end_step(True)
        self.assertEqual(loop.times(), [(0, 8, 3, 4, 1)] * 2)


class Ends(unittest.TestCase):
    def test_nothing_is_measured_after_the_limit(self) -> None:
        loop = Loop(max_steps=2)
        for _ in range(4):
            loop.fetch(2)
            if not loop.tracker.busy:
                loop.compute()
        self.assertEqual(len(loop.steps), 2)
        self.assertTrue(loop.tracker.busy)

    def test_a_tracker_that_was_switched_off_stays_so(self) -> None:
        loop = Loop()
        loop.fetch(2)
        loop.tracker.switch_off()
        loop.tracker.end_fetch()
        self.assertTrue(loop.tracker.busy)


if __name__ == "__main__":
    unittest.main()
