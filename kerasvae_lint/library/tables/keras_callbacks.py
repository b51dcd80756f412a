"""Callbacks of Keras."""

# ruff: noqa: E501

from __future__ import annotations

ROWS = {
    "keras.callbacks.BackupAndRestore": "callback BackupAndRestore(backup_dir, save_freq='epoch', delete_checkpoint=True, save_before_preemption=False) | (backup_dir, save_freq='epoch', double_checkpoint=False, delete_checkpoint=True)",
    "keras.callbacks.BaseLogger": "callback BaseLogger(stateful_metrics=None) | -",
    "keras.callbacks.CSVLogger": "callback CSVLogger(filename, separator=',', append=False)",
    "keras.callbacks.Callback": "callback Callback()",
    "keras.callbacks.CallbackList": "callback CallbackList(callbacks=None, add_history=False, add_progbar=False, model=None, **params)",
    "keras.callbacks.EarlyStopping": "callback EarlyStopping(monitor='val_loss', min_delta=0, patience=0, verbose=0, mode='auto', baseline=None, restore_best_weights=False, start_from_epoch=0)",
    "keras.callbacks.History": "callback History()",
    "keras.callbacks.LambdaCallback": "callback LambdaCallback(on_epoch_begin=None, on_epoch_end=None, on_batch_begin=None, on_batch_end=None, on_train_begin=None, on_train_end=None, **kwargs) | (on_epoch_begin=None, on_epoch_end=None, on_train_begin=None, on_train_end=None, on_train_batch_begin=None, on_train_batch_end=None, **kwargs)",
    "keras.callbacks.LearningRateScheduler": "callback LearningRateScheduler(schedule, verbose=0)",
    "keras.callbacks.ModelCheckpoint": "callback ModelCheckpoint(filepath, monitor='val_loss', verbose=0, save_best_only=False, save_weights_only=False, mode='auto', save_freq='epoch', options=None, initial_value_threshold=None, **kwargs) | (filepath, monitor='val_loss', verbose=0, save_best_only=False, save_weights_only=False, mode='auto', save_freq='epoch', initial_value_threshold=None) ~ (filepath, monitor='val_loss', verbose=0, save_best_only=False, save_weights_only=False, mode='auto', period=1)",
    "keras.callbacks.OrbaxCheckpoint": "callback OrbaxCheckpoint - | (directory, monitor='val_loss', verbose=0, save_best_only=False, mode='auto', save_freq='epoch', initial_value_threshold=None, max_to_keep=1, save_on_background=True, save_weights_only=False)",
    "keras.callbacks.ProgbarLogger": "callback ProgbarLogger(count_mode='samples', stateful_metrics=None) | ()",
    "keras.callbacks.ReduceLROnPlateau": "callback ReduceLROnPlateau(monitor='val_loss', factor=0.1, patience=10, verbose=0, mode='auto', min_delta=0.0001, cooldown=0, min_lr=0, **kwargs) | (monitor='val_loss', factor=0.1, patience=10, verbose=0, mode='auto', min_delta=0.0001, cooldown=0, min_lr=0.0, **kwargs) ~ (monitor='val_loss', factor=0.1, patience=10, verbose=0, mode='auto', epsilon=0.0001, cooldown=0, min_lr=0)",
    "keras.callbacks.RemoteMonitor": "callback RemoteMonitor(root='http://localhost:9000', path='/publish/epoch/end/', field='data', headers=None, send_as_json=False)",
    "keras.callbacks.SidecarEvaluatorModelExport": "callback SidecarEvaluatorModelExport(export_filepath, checkpoint_filepath, **kwargs) | -",
    "keras.callbacks.SwapEMAWeights": "callback SwapEMAWeights - | (swap_on_epoch=False)",
    "keras.callbacks.TensorBoard": "callback TensorBoard(log_dir='logs', histogram_freq=0, write_graph=True, write_images=False, write_steps_per_second=False, update_freq='epoch', profile_batch=0, embeddings_freq=0, embeddings_metadata=None, **kwargs) | (log_dir='logs', histogram_freq=0, write_graph=True, write_images=False, write_steps_per_second=False, update_freq='epoch', profile_batch=0, embeddings_freq=0, embeddings_metadata=None)",
    "keras.callbacks.TerminateOnNaN": "callback TerminateOnNaN() | (raise_error=False)",
    "keras.callbacks.Callback.set_model": "effect set_model(model)",
    "keras.callbacks.Callback.set_params": "effect set_params(params)",
    "keras.callbacks.Callback.on_epoch_begin": "effect on_epoch_begin(epoch, logs=None)",
    "keras.callbacks.Callback.on_epoch_end": "effect on_epoch_end(epoch, logs=None)",
    "keras.callbacks.Callback.on_batch_begin": "effect on_batch_begin(batch, logs=None)",
    "keras.callbacks.Callback.on_batch_end": "effect on_batch_end(batch, logs=None)",
    "keras.callbacks.Callback.on_train_batch_begin": "effect on_train_batch_begin(batch, logs=None)",
    "keras.callbacks.Callback.on_train_batch_end": "effect on_train_batch_end(batch, logs=None)",
    "keras.callbacks.Callback.on_test_batch_begin": "effect on_test_batch_begin(batch, logs=None)",
    "keras.callbacks.Callback.on_test_batch_end": "effect on_test_batch_end(batch, logs=None)",
    "keras.callbacks.Callback.on_predict_batch_begin": "effect on_predict_batch_begin(batch, logs=None)",
    "keras.callbacks.Callback.on_predict_batch_end": "effect on_predict_batch_end(batch, logs=None)",
    "keras.callbacks.Callback.on_train_begin": "effect on_train_begin(logs=None)",
    "keras.callbacks.Callback.on_train_end": "effect on_train_end(logs=None)",
    "keras.callbacks.Callback.on_test_begin": "effect on_test_begin(logs=None)",
    "keras.callbacks.Callback.on_test_end": "effect on_test_end(logs=None)",
    "keras.callbacks.Callback.on_predict_begin": "effect on_predict_begin(logs=None)",
    "keras.callbacks.Callback.on_predict_end": "effect on_predict_end(logs=None)",
}
